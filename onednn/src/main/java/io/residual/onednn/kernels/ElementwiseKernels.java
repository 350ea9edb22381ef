package io.residual.onednn.kernels;

import org.bytedeco.dnnl.binary;
import org.bytedeco.dnnl.eltwise_backward;
import org.bytedeco.dnnl.eltwise_forward;
import org.bytedeco.dnnl.global.dnnl;
import org.bytedeco.dnnl.memory;
import org.bytedeco.javacpp.Pointer;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Sums, multiples and ReLUs of dense arrays of equal shape, [N, C, H, W] in the order N, H, W, C. */
public final class ElementwiseKernels {
    private ElementwiseKernels() {}

    private enum Operation {
        ADD,
        ADD_RELU,
        RELU,
        RELU_BACKWARD,
        COPY
    }

    private record Key(Operation operation, long length) {}

    private record Scaling(float factor, long length) {}

    /** target += other. */
    public static void addInto(INDArray target, INDArray other) {
        run(Operation.ADD, target, other, target);
    }

    /** out = left + right, or max(0, left + right). */
    public static void add(INDArray left, INDArray right, INDArray out, Epilogue epilogue) {
        run(epilogue == Epilogue.RELU ? Operation.ADD_RELU : Operation.ADD, left, right, out);
    }

    /** out = max(0, in). */
    public static void relu(INDArray in, INDArray out) {
        run(Operation.RELU, in, out);
    }

    /** inGradient = outGradient where out > 0, else 0. */
    public static void reluBackward(INDArray out, INDArray outGradient, INDArray inGradient) {
        run(Operation.RELU_BACKWARD, out, outGradient, inGradient);
    }

    /** out = in. */
    public static void copy(INDArray in, INDArray out) {
        run(Operation.COPY, in, out);
    }

    /** out = factor * in. */
    public static void scale(INDArray in, float factor, INDArray out) {
        var scaling = new Scaling(factor, in.length());
        var kernels = PrimitiveCache.ofThisThread();
        kernels.run(kernels.get(scaling, () -> make(scaling)), Nhwc.address(in), Nhwc.address(out));
    }

    private static Kernel make(Scaling scaling) {
        var flat = new memory.desc(new long[] {scaling.length}, memory.data_type.f32, memory.format_tag.a);
        var description = new eltwise_forward.primitive_desc(
                PrimitiveCache.engine(),
                dnnl.prop_kind.forward_inference,
                dnnl.algorithm.eltwise_linear,
                flat,
                flat,
                scaling.factor,
                0f,
                Attributes.plain(),
                false);
        return Kernel.of(
                new eltwise_forward(description),
                description.scratchpad_desc(),
                new Kernel.Argument(dnnl.DNNL_ARG_SRC, flat),
                new Kernel.Argument(dnnl.DNNL_ARG_DST, flat));
    }

    private static void run(Operation operation, INDArray... arrays) {
        long length = arrays[0].length();
        var kernels = PrimitiveCache.ofThisThread();
        var addresses = new Pointer[arrays.length];
        for (int i = 0; i < arrays.length; i++) {
            addresses[i] = Nhwc.address(arrays[i]);
        }
        kernels.run(kernels.get(new Key(operation, length), () -> make(operation, length)), addresses);
    }

    private static Kernel make(Operation operation, long length) {
        var flat = new memory.desc(new long[] {length}, memory.data_type.f32, memory.format_tag.a);
        return switch (operation) {
            case ADD -> sum(flat, Epilogue.NONE);
            case ADD_RELU -> sum(flat, Epilogue.RELU);
            case RELU -> {
                var description = forward(flat);
                yield Kernel.of(
                        new eltwise_forward(description),
                        description.scratchpad_desc(),
                        new Kernel.Argument(dnnl.DNNL_ARG_SRC, flat),
                        new Kernel.Argument(dnnl.DNNL_ARG_DST, flat));
            }
            case COPY -> Kernel.copy(flat, flat);
            case RELU_BACKWARD -> {
                var description = new eltwise_backward.primitive_desc(
                        PrimitiveCache.engine(),
                        dnnl.algorithm.eltwise_relu_use_dst_for_bwd,
                        flat,
                        flat,
                        flat,
                        0f,
                        forward(flat),
                        Attributes.plain(),
                        false);
                yield Kernel.of(
                        new eltwise_backward(description),
                        description.scratchpad_desc(),
                        new Kernel.Argument(dnnl.DNNL_ARG_DST, flat),
                        new Kernel.Argument(dnnl.DNNL_ARG_DIFF_DST, flat),
                        new Kernel.Argument(dnnl.DNNL_ARG_DIFF_SRC, flat));
            }
        };
    }

    private static eltwise_forward.primitive_desc forward(memory.desc flat) {
        return new eltwise_forward.primitive_desc(
                PrimitiveCache.engine(),
                dnnl.prop_kind.forward_training,
                dnnl.algorithm.eltwise_relu_use_dst_for_bwd,
                flat,
                flat,
                0f,
                Attributes.plain(),
                false);
    }

    private static Kernel sum(memory.desc flat, Epilogue epilogue) {
        var description = new binary.primitive_desc(
                PrimitiveCache.engine(), dnnl.algorithm.binary_add, flat, flat, flat, Attributes.with(epilogue), false);
        return Kernel.of(
                new binary(description),
                description.scratchpad_desc(),
                new Kernel.Argument(dnnl.DNNL_ARG_SRC_0, flat),
                new Kernel.Argument(dnnl.DNNL_ARG_SRC_1, flat),
                new Kernel.Argument(dnnl.DNNL_ARG_DST, flat));
    }
}
