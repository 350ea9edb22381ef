package io.residual.onednn.kernels;

import java.util.Arrays;
import org.bytedeco.dnnl.batch_normalization_backward;
import org.bytedeco.dnnl.batch_normalization_forward;
import org.bytedeco.dnnl.global.dnnl;
import org.bytedeco.dnnl.memory;
import org.bytedeco.javacpp.Pointer;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Batch normalization of dense arrays, [N, C, H, W] in the order N, H, W, C, with or without a ReLU behind it. */
public final class NormalizationKernels {
    private NormalizationKernels() {}

    /** What decides which primitives a batch normalization needs. */
    public record Shape(Nhwc.Dims dims, float epsilon, Epilogue epilogue) {
        private int flags() {
            int affine = dnnl.dnnl_use_scale | dnnl.dnnl_use_shift;
            return epilogue == Epilogue.RELU ? affine | dnnl.dnnl_fuse_norm_relu : affine;
        }
    }

    private enum Direction {
        TRAINING,
        INFERENCE,
        BACKWARD
    }

    private record Key(Shape shape, Direction direction) {}

    /** Bytes in which the forward pass leaves for the backward pass where ReLU was open; 0 without ReLU. */
    public static long maskBytes(Shape shape) {
        var kernels = PrimitiveCache.ofThisThread();
        return kernels.get(new Key(shape, Direction.TRAINING), () -> training(shape)).maskBytes;
    }

    /** Normalizes with the batch's own mean and (biased) variance, which it writes. */
    public static void training(Shape shape, INDArray in, Affine affine, Statistics batch, Pointer mask, INDArray out) {
        var kernels = PrimitiveCache.ofThisThread();
        var forward = kernels.get(new Key(shape, Direction.TRAINING), () -> training(shape));
        if (shape.epilogue == Epilogue.RELU) {
            kernels.run(
                    forward.kernel,
                    Nhwc.address(in),
                    affine.scale,
                    affine.shift,
                    batch.mean,
                    batch.variance,
                    Nhwc.address(out),
                    mask);
        } else {
            kernels.run(
                    forward.kernel,
                    Nhwc.address(in),
                    affine.scale,
                    affine.shift,
                    batch.mean,
                    batch.variance,
                    Nhwc.address(out));
        }
    }

    /** Normalizes with given mean and variance. */
    public static void inference(Shape shape, INDArray in, Affine affine, Statistics running, INDArray out) {
        var kernels = PrimitiveCache.ofThisThread();
        kernels.run(
                kernels.get(new Key(shape, Direction.INFERENCE), () -> inference(shape)),
                Nhwc.address(in),
                affine.scale,
                affine.shift,
                running.mean,
                running.variance,
                Nhwc.address(out));
    }

    /** The gradients with respect to the input, the scale and the shift. */
    public static void backward(
            Shape shape,
            INDArray in,
            Affine affine,
            Statistics batch,
            Pointer mask,
            INDArray outGradient,
            INDArray inGradient,
            Affine gradients) {
        var kernels = PrimitiveCache.ofThisThread();
        var kernel = kernels.get(new Key(shape, Direction.BACKWARD), () -> backward(shape));
        if (shape.epilogue == Epilogue.RELU) {
            kernels.run(
                    kernel,
                    Nhwc.address(in),
                    affine.scale,
                    batch.mean,
                    batch.variance,
                    Nhwc.address(outGradient),
                    Nhwc.address(inGradient),
                    gradients.scale,
                    gradients.shift,
                    mask);
        } else {
            kernels.run(
                    kernel,
                    Nhwc.address(in),
                    affine.scale,
                    batch.mean,
                    batch.variance,
                    Nhwc.address(outGradient),
                    Nhwc.address(inGradient),
                    gradients.scale,
                    gradients.shift);
        }
    }

    /** Where a scale (gamma) and a shift (beta) of C floats each are, or their gradients. */
    public record Affine(Pointer scale, Pointer shift) {
        public static Affine of(INDArray gamma, INDArray beta) {
            return new Affine(Nhwc.address(gamma), Nhwc.address(beta));
        }
    }

    /** Where a mean and a variance of C floats each are. */
    public record Statistics(Pointer mean, Pointer variance) {
        public static Statistics of(INDArray mean, INDArray variance) {
            return new Statistics(Nhwc.address(mean), Nhwc.address(variance));
        }
    }

    private record Forward(Kernel kernel, long maskBytes) implements AutoCloseable {
        @Override
        public void close() {
            kernel.close();
        }
    }

    private static Forward training(Shape shape) {
        var description = trainingDescription(shape);
        var arguments = new Kernel.Argument[] {
            new Kernel.Argument(dnnl.DNNL_ARG_SRC, shape.dims.description()),
            new Kernel.Argument(dnnl.DNNL_ARG_SCALE, perChannel(shape)),
            new Kernel.Argument(dnnl.DNNL_ARG_SHIFT, perChannel(shape)),
            new Kernel.Argument(dnnl.DNNL_ARG_MEAN, perChannel(shape)),
            new Kernel.Argument(dnnl.DNNL_ARG_VARIANCE, perChannel(shape)),
            new Kernel.Argument(dnnl.DNNL_ARG_DST, shape.dims.description()),
        };
        boolean masked = shape.epilogue == Epilogue.RELU;
        var kernel = Kernel.of(
                new batch_normalization_forward(description),
                description.scratchpad_desc(),
                masked ? with(arguments, mask(description.workspace_desc())) : arguments);
        return new Forward(kernel, masked ? description.workspace_desc().get_size() : 0);
    }

    private static Kernel inference(Shape shape) {
        var description = new batch_normalization_forward.primitive_desc(
                PrimitiveCache.engine(),
                dnnl.dnnl_forward_inference,
                shape.dims.description(),
                shape.dims.description(),
                shape.epsilon,
                shape.flags() | dnnl.dnnl_use_global_stats,
                Attributes.plain(),
                false);
        return Kernel.of(
                new batch_normalization_forward(description),
                description.scratchpad_desc(),
                new Kernel.Argument(dnnl.DNNL_ARG_SRC, shape.dims.description()),
                new Kernel.Argument(dnnl.DNNL_ARG_SCALE, perChannel(shape)),
                new Kernel.Argument(dnnl.DNNL_ARG_SHIFT, perChannel(shape)),
                new Kernel.Argument(dnnl.DNNL_ARG_MEAN, perChannel(shape)),
                new Kernel.Argument(dnnl.DNNL_ARG_VARIANCE, perChannel(shape)),
                new Kernel.Argument(dnnl.DNNL_ARG_DST, shape.dims.description()));
    }

    private static Kernel backward(Shape shape) {
        var description = new batch_normalization_backward.primitive_desc(
                PrimitiveCache.engine(),
                dnnl.dnnl_backward,
                shape.dims.description(),
                shape.dims.description(),
                shape.dims.description(),
                shape.epsilon,
                shape.flags(),
                trainingDescription(shape),
                Attributes.plain(),
                false);
        var arguments = new Kernel.Argument[] {
            new Kernel.Argument(dnnl.DNNL_ARG_SRC, shape.dims.description()),
            new Kernel.Argument(dnnl.DNNL_ARG_SCALE, perChannel(shape)),
            new Kernel.Argument(dnnl.DNNL_ARG_MEAN, perChannel(shape)),
            new Kernel.Argument(dnnl.DNNL_ARG_VARIANCE, perChannel(shape)),
            new Kernel.Argument(dnnl.DNNL_ARG_DIFF_DST, shape.dims.description()),
            new Kernel.Argument(dnnl.DNNL_ARG_DIFF_SRC, shape.dims.description()),
            new Kernel.Argument(dnnl.DNNL_ARG_DIFF_SCALE, perChannel(shape)),
            new Kernel.Argument(dnnl.DNNL_ARG_DIFF_SHIFT, perChannel(shape)),
        };
        return Kernel.of(
                new batch_normalization_backward(description),
                description.scratchpad_desc(),
                shape.epilogue == Epilogue.RELU ? with(arguments, mask(description.workspace_desc())) : arguments);
    }

    private static batch_normalization_forward.primitive_desc trainingDescription(Shape shape) {
        return new batch_normalization_forward.primitive_desc(
                PrimitiveCache.engine(),
                dnnl.dnnl_forward_training,
                shape.dims.description(),
                shape.dims.description(),
                shape.epsilon,
                shape.flags(),
                Attributes.plain(),
                false);
    }

    private static Kernel.Argument mask(memory.desc description) {
        return new Kernel.Argument(dnnl.DNNL_ARG_WORKSPACE, description);
    }

    private static Kernel.Argument[] with(Kernel.Argument[] arguments, Kernel.Argument last) {
        var all = Arrays.copyOf(arguments, arguments.length + 1);
        all[arguments.length] = last;
        return all;
    }

    private static memory.desc perChannel(Shape shape) {
        return new memory.desc(new long[] {shape.dims.c()}, memory.data_type.f32, memory.format_tag.a);
    }
}
