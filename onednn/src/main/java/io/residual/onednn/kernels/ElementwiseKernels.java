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
        SCALE,
        COPY
    }

    /** @param factor of {@code SCALE}, 0 otherwise */
    private record Key(Operation operation, float factor, long length) {}

    /** target += other. */
    public static void addInto(INDArray target, INDArray other) {
        run(Operation.ADD, 0, target, other, target);
    }

    /** out = left + right, or max(0, left + right). */
    public static void add(INDArray left, INDArray right, INDArray out, Epilogue epilogue) {
        run(epilogue == Epilogue.RELU ? Operation.ADD_RELU : Operation.ADD, 0, left, right, out);
    }

    /** out = max(0, in). */
    public static void relu(INDArray in, INDArray out) {
        run(Operation.RELU, 0, in, out);
    }

    /** inGradient = outGradient where out > 0, else 0. */
    public static void reluBackward(INDArray out, INDArray outGradient, INDArray inGradient) {
        run(Operation.RELU_BACKWARD, 0, out, outGradient, inGradient);
    }

    /** out = in. */
    public static void copy(INDArray in, INDArray out) {
        run(Operation.COPY, 0, in, out);
    }

    /** out = factor * in. */
    public static void scale(INDArray in, float factor, INDArray out) {
        run(Operation.SCALE, factor, in, out);
    }

    private static void run(Operation operation, float factor, INDArray... arrays) {
        var key = new Key(operation, factor, arrays[0].length());
        var kernels = PrimitiveCache.ofThisThread();
        var addresses = new Pointer[arrays.length];
        for (int i = 0; i < arrays.length; i++) {
            addresses[i] = Nhwc.address(arrays[i]);
        }
        kernels.run(kernels.get(key, () -> make(key)), addresses);
    }

    private static Kernel make(Key key) {
        var flat = new memory.desc(new long[] {key.length}, memory.data_type.f32, memory.format_tag.a);
        return switch (key.operation) {
            case ADD -> sum(flat, Epilogue.NONE);
            case ADD_RELU -> sum(flat, Epilogue.RELU);
            case RELU -> forward(flat, relu(flat));
            case SCALE ->
                forward(
                        flat,
                        description(flat, dnnl.prop_kind.forward_inference, dnnl.algorithm.eltwise_linear, key.factor));
            case COPY -> Kernel.copy(flat, flat);
            case RELU_BACKWARD -> {
                var description = new eltwise_backward.primitive_desc(
                        PrimitiveCache.engine(),
                        dnnl.algorithm.eltwise_relu_use_dst_for_bwd,
                        flat,
                        flat,
                        flat,
                        0f,
                        relu(flat),
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

    private static Kernel forward(memory.desc flat, eltwise_forward.primitive_desc description) {
        return Kernel.of(
                new eltwise_forward(description),
                description.scratchpad_desc(),
                new Kernel.Argument(dnnl.DNNL_ARG_SRC, flat),
                new Kernel.Argument(dnnl.DNNL_ARG_DST, flat));
    }

    private static eltwise_forward.primitive_desc relu(memory.desc flat) {
        return description(flat, dnnl.prop_kind.forward_training, dnnl.algorithm.eltwise_relu_use_dst_for_bwd, 0);
    }

    private static eltwise_forward.primitive_desc description(
            memory.desc flat, dnnl.prop_kind kind, dnnl.algorithm function, float alpha) {
        return new eltwise_forward.primitive_desc(
                PrimitiveCache.engine(), kind, function, flat, flat, alpha, 0f, Attributes.plain(), false);
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
