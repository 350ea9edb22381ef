package io.residual.onednn.kernels;

import org.bytedeco.dnnl.batch_normalization_backward;
import org.bytedeco.dnnl.batch_normalization_forward;
import org.bytedeco.dnnl.global.dnnl;
import org.bytedeco.dnnl.memory;
import org.bytedeco.javacpp.Pointer;
import org.jspecify.annotations.Nullable;
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
    public static void training(
            Shape shape, INDArray in, Affine affine, Statistics batch, @Nullable INDArray mask, INDArray out) {
        var kernels = PrimitiveCache.ofThisThread();
        var forward = kernels.get(new Key(shape, Direction.TRAINING), () -> training(shape));
        var dims = shape.dims;
        ChannelStatistics.write(
                Nhwc.address(in),
                dims.n() * dims.h() * dims.w(),
                Math.toIntExact(dims.c()),
                batch.mean,
                batch.variance);
        kernels.run(
                forward.kernel,
                Nhwc.address(in),
                affine.scale,
                affine.shift,
                batch.mean,
                batch.variance,
                Nhwc.address(out),
                Nhwc.addressOrNull(mask));
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
            @Nullable INDArray mask,
            INDArray outGradient,
            INDArray inGradient,
            Affine gradients) {
        var kernels = PrimitiveCache.ofThisThread();
        var kernel = kernels.get(new Key(shape, Direction.BACKWARD), () -> backward(shape));
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
                Nhwc.addressOrNull(mask));
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
        var description =
                forwardDescription(shape, dnnl.dnnl_forward_training, shape.flags() | dnnl.dnnl_use_global_stats);
        var kernel = forward(shape, description, maskOrNull(shape, description.workspace_desc()));
        long maskBytes =
                shape.epilogue == Epilogue.RELU ? description.workspace_desc().get_size() : 0;
        return new Forward(kernel, maskBytes);
    }

    private static Kernel inference(Shape shape) {
        var description =
                forwardDescription(shape, dnnl.dnnl_forward_inference, shape.flags() | dnnl.dnnl_use_global_stats);
        return forward(shape, description, null);
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
                // Without the flag of given statistics: the gradient runs through them.
                forwardDescription(shape, dnnl.dnnl_forward_training, shape.flags()),
                Attributes.plain(),
                false);
        return Kernel.of(
                new batch_normalization_backward(description),
                description.scratchpad_desc(),
                new Kernel.Argument(dnnl.DNNL_ARG_SRC, shape.dims.description()),
                new Kernel.Argument(dnnl.DNNL_ARG_SCALE, perChannel(shape)),
                new Kernel.Argument(dnnl.DNNL_ARG_MEAN, perChannel(shape)),
                new Kernel.Argument(dnnl.DNNL_ARG_VARIANCE, perChannel(shape)),
                new Kernel.Argument(dnnl.DNNL_ARG_DIFF_DST, shape.dims.description()),
                new Kernel.Argument(dnnl.DNNL_ARG_DIFF_SRC, shape.dims.description()),
                new Kernel.Argument(dnnl.DNNL_ARG_DIFF_SCALE, perChannel(shape)),
                new Kernel.Argument(dnnl.DNNL_ARG_DIFF_SHIFT, perChannel(shape)),
                maskOrNull(shape, description.workspace_desc()));
    }

    /** @param mask null where nothing is left for a backward pass */
    private static Kernel forward(
            Shape shape, batch_normalization_forward.primitive_desc description, Kernel.@Nullable Argument mask) {
        return Kernel.of(
                new batch_normalization_forward(description),
                description.scratchpad_desc(),
                new Kernel.Argument(dnnl.DNNL_ARG_SRC, shape.dims.description()),
                new Kernel.Argument(dnnl.DNNL_ARG_SCALE, perChannel(shape)),
                new Kernel.Argument(dnnl.DNNL_ARG_SHIFT, perChannel(shape)),
                new Kernel.Argument(dnnl.DNNL_ARG_MEAN, perChannel(shape)),
                new Kernel.Argument(dnnl.DNNL_ARG_VARIANCE, perChannel(shape)),
                new Kernel.Argument(dnnl.DNNL_ARG_DST, shape.dims.description()),
                mask);
    }

    private static batch_normalization_forward.primitive_desc forwardDescription(Shape shape, int kind, int flags) {
        return new batch_normalization_forward.primitive_desc(
                PrimitiveCache.engine(),
                kind,
                shape.dims.description(),
                shape.dims.description(),
                shape.epsilon,
                flags,
                Attributes.plain(),
                false);
    }

    private static Kernel.@Nullable Argument maskOrNull(Shape shape, memory.desc description) {
        return shape.epilogue == Epilogue.RELU ? new Kernel.Argument(dnnl.DNNL_ARG_WORKSPACE, description) : null;
    }

    private static memory.desc perChannel(Shape shape) {
        return new memory.desc(new long[] {shape.dims.c()}, memory.data_type.f32, memory.format_tag.a);
    }
}
