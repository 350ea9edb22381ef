package io.residual.onednn.kernels;

import java.util.Arrays;
import org.bytedeco.dnnl.global.dnnl;
import org.bytedeco.dnnl.memory;
import org.bytedeco.dnnl.pooling_backward;
import org.bytedeco.dnnl.pooling_forward;
import org.bytedeco.javacpp.Pointer;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Pooling of dense arrays, [N, C, H, W] in the order N, H, W, C. */
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

    /** What decides which primitives a pooling needs. */
    public record Shape(Nhwc.Dims in, Nhwc.Dims out, ConvolutionShape.Window window, Kind kind) {}

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

    public static void forward(Shape shape, INDArray in, INDArray out, Pointer indices) {
        var kernels = PrimitiveCache.ofThisThread();
        var kernel = forwardOf(kernels, shape).kernel;
        if (shape.kind == Kind.MAX) {
            kernels.run(kernel, Nhwc.address(in), Nhwc.address(out), indices);
        } else {
            kernels.run(kernel, Nhwc.address(in), Nhwc.address(out));
        }
    }

    /** As {@link #forward}, without leaving anything for a backward pass. */
    public static void inference(Shape shape, INDArray in, INDArray out) {
        var kernels = PrimitiveCache.ofThisThread();
        kernels.run(
                kernels.get(new Key(shape, Direction.INFERENCE), () -> inference(shape)),
                Nhwc.address(in),
                Nhwc.address(out));
    }

    public static void backward(Shape shape, INDArray outGradient, INDArray inGradient, Pointer indices) {
        var kernels = PrimitiveCache.ofThisThread();
        var kernel = kernels.get(new Key(shape, Direction.BACKWARD), () -> backward(shape));
        if (shape.kind == Kind.MAX) {
            kernels.run(kernel, Nhwc.address(outGradient), Nhwc.address(inGradient), indices);
        } else {
            kernels.run(kernel, Nhwc.address(outGradient), Nhwc.address(inGradient));
        }
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
        var arguments = new Kernel.Argument[] {
            new Kernel.Argument(dnnl.DNNL_ARG_SRC, shape.in.description()),
            new Kernel.Argument(dnnl.DNNL_ARG_DST, shape.out.description())
        };
        var kernel = Kernel.of(
                new pooling_forward(description),
                description.scratchpad_desc(),
                withIndices(shape, description.workspace_desc(), arguments));
        return new Forward(
                kernel, shape.kind == Kind.MAX ? description.workspace_desc().get_size() : 0);
    }

    private static Kernel inference(Shape shape) {
        var description = description(shape, dnnl.prop_kind.forward_inference);
        return Kernel.of(
                new pooling_forward(description),
                description.scratchpad_desc(),
                new Kernel.Argument(dnnl.DNNL_ARG_SRC, shape.in.description()),
                new Kernel.Argument(dnnl.DNNL_ARG_DST, shape.out.description()));
    }

    private static Kernel backward(Shape shape) {
        var window = shape.window;
        var forward = description(shape, dnnl.prop_kind.forward_training);
        var description = new pooling_backward.primitive_desc(
                PrimitiveCache.engine(),
                shape.kind.code,
                shape.in.description(),
                shape.out.description(),
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
                withIndices(
                        shape,
                        forward.workspace_desc(),
                        new Kernel.Argument(dnnl.DNNL_ARG_DIFF_DST, shape.out.description()),
                        new Kernel.Argument(dnnl.DNNL_ARG_DIFF_SRC, shape.in.description())));
    }

    private static pooling_forward.primitive_desc description(Shape shape, dnnl.prop_kind propagation) {
        var window = shape.window;
        return new pooling_forward.primitive_desc(
                PrimitiveCache.engine(),
                propagation,
                shape.kind.code,
                shape.in.description(),
                shape.out.description(),
                window.strides(),
                window.kernel(),
                window.dilations(),
                window.before(),
                window.after(),
                Attributes.plain(),
                false);
    }

    private static Kernel.Argument[] withIndices(Shape shape, memory.desc indices, Kernel.Argument... arguments) {
        if (shape.kind != Kind.MAX) {
            return arguments;
        }
        var all = Arrays.copyOf(arguments, arguments.length + 1);
        all[arguments.length] = new Kernel.Argument(dnnl.DNNL_ARG_WORKSPACE, indices);
        return all;
    }
}
