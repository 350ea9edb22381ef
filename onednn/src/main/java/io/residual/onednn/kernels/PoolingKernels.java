package io.residual.onednn.kernels;

import org.bytedeco.dnnl.global.dnnl;
import org.bytedeco.dnnl.memory;
import org.bytedeco.dnnl.pooling_backward;
import org.bytedeco.dnnl.pooling_forward;
import org.bytedeco.javacpp.Pointer;
import org.jspecify.annotations.Nullable;

/** Pooling of images [N, C, H, W] at addresses, in the order N, H, W, C. */
public final class PoolingKernels {
    private PoolingKernels() {}

    /** How a window becomes one value. */
    public enum Kind {
        MAX(dnnl.algorithm.pooling_max),
        /** The sum over the window divided by the number of its cells inside the image. */
        AVERAGE_OF_PRESENT(dnnl.algorithm.pooling_avg_exclude_padding),
        /** The sum over the window divided by its size. */
        AVERAGE_OF_WINDOW(dnnl.algorithm.pooling_avg_include_padding);

        private final dnnl.algorithm code;

        Kind(dnnl.algorithm code) {
            this.code = code;
        }
    }

    /**
     * What decides which primitives a pooling needs.
     *
     * @param type of the numbers of images and gradients
     */
    public record Shape(Nhwc.Dims in, Nhwc.Dims out, ConvolutionShape.Window window, Kind kind, NumberType type) {
        private memory.desc description(Nhwc.Dims dims) {
            return dims.description(type.code());
        }
    }

    private enum Direction {
        FORWARD,
        INFERENCE,
        BACKWARD
    }

    private record Key(Shape shape, Direction direction) {}

    /** Bytes in which the forward pass leaves for the backward pass where the maxima were; 0 for averages. */
    public static long indexBytes(Shape shape) {
        return forwardOf(PrimitiveCache.ofThisThread(), shape).indexBytes;
    }

    /**
     * Pools in training.
     *
     * @param indices where the positions of the maxima go; null for averages
     */
    public static void forward(Shape shape, Pointer in, Pointer out, @Nullable Pointer indices) {
        var kernels = PrimitiveCache.ofThisThread();
        var kernel = forwardOf(kernels, shape).kernel;
        kernels.run(kernel, in, out, indices);
    }

    /** As {@link #forward}, without leaving anything for a backward pass. */
    public static void inference(Shape shape, Pointer in, Pointer out) {
        var kernels = PrimitiveCache.ofThisThread();
        kernels.run(kernels.get(new Key(shape, Direction.INFERENCE), () -> inference(shape)), in, out);
    }

    /**
     * The gradient with respect to the input.
     *
     * @param indices of the forward pass; null for averages
     */
    public static void backward(Shape shape, Pointer outGradient, Pointer inGradient, @Nullable Pointer indices) {
        var kernels = PrimitiveCache.ofThisThread();
        var kernel = kernels.get(new Key(shape, Direction.BACKWARD), () -> backward(shape));
        kernels.run(kernel, outGradient, inGradient, indices);
    }

    private record Forward(Kernel kernel, long indexBytes) implements AutoCloseable {
        @Override
        public void close() {
            kernel.close();
        }
    }

    private static Forward forwardOf(PrimitiveCache kernels, Shape shape) {
        return kernels.get(new Key(shape, Direction.FORWARD), () -> forward(shape));
    }

    private static Forward forward(Shape shape) {
        var description = description(shape, dnnl.prop_kind.forward_training);
        var kernel = forward(shape, description, indicesOrNull(shape, description.workspace_desc()));
        return new Forward(
                kernel, shape.kind == Kind.MAX ? description.workspace_desc().get_size() : 0);
    }

    private static Kernel inference(Shape shape) {
        return forward(shape, description(shape, dnnl.prop_kind.forward_inference), null);
    }

    private static Kernel forward(
            Shape shape, pooling_forward.primitive_desc description, Kernel.@Nullable Argument indices) {
        return Kernel.of(
                new pooling_forward(description),
                description.scratchpad_desc(),
                new Kernel.Argument(dnnl.DNNL_ARG_SRC, shape.description(shape.in)),
                new Kernel.Argument(dnnl.DNNL_ARG_DST, shape.description(shape.out)),
                indices);
    }

    private static Kernel backward(Shape shape) {
        var window = shape.window;
        var forward = description(shape, dnnl.prop_kind.forward_training);
        var description = new pooling_backward.primitive_desc(
                PrimitiveCache.engine(),
                shape.kind.code,
                shape.description(shape.in),
                shape.description(shape.out),
                window.strides(),
                window.kernel(),
                window.dilations(),
                window.before(),
                window.after(),
                forward,
                Attributes.plain(),
                false);
        return Kernel.of(
                new pooling_backward(description),
                description.scratchpad_desc(),
                new Kernel.Argument(dnnl.DNNL_ARG_DIFF_DST, shape.description(shape.out)),
                new Kernel.Argument(dnnl.DNNL_ARG_DIFF_SRC, shape.description(shape.in)),
                indicesOrNull(shape, forward.workspace_desc()));
    }

    private static pooling_forward.primitive_desc description(Shape shape, dnnl.prop_kind propagation) {
        var window = shape.window;
        return new pooling_forward.primitive_desc(
                PrimitiveCache.engine(),
                propagation,
                shape.kind.code,
                shape.description(shape.in),
                shape.description(shape.out),
                window.strides(),
                window.kernel(),
                window.dilations(),
                window.before(),
                window.after(),
                Attributes.plain(),
                false);
    }

    private static Kernel.@Nullable Argument indicesOrNull(Shape shape, memory.desc description) {
        return shape.kind == Kind.MAX ? new Kernel.Argument(dnnl.DNNL_ARG_WORKSPACE, description) : null;
    }
}
