package io.residual.onednn.step;

import io.residual.onednn.kernels.ConvolutionShape;
import io.residual.onednn.kernels.Nhwc;
import io.residual.onednn.kernels.NumberType;
import io.residual.onednn.kernels.PoolingKernels;
import io.residual.onednn.kernels.Precision;
import io.residual.program.Operation.Convolve;
import io.residual.program.Operation.Pool;
import io.residual.program.Program.Value;
import io.residual.program.Window;

/** Operations on so many images in the words of the kernels. */
public final class Shapes {
    private Shapes() {}

    public static ConvolutionShape convolution(
            Value in, Value out, Convolve operation, int images, Precision precision) {
        return ConvolutionShape.of(
                dims(in, images),
                dims(out, images),
                window(operation.window(), out),
                operation.biased() ? ConvolutionShape.Bias.PRESENT : ConvolutionShape.Bias.ABSENT,
                precision);
    }

    public static PoolingKernels.Shape pooling(Value in, Value out, Pool operation, int images, NumberType type) {
        var kind = switch (operation.kind()) {
            case MAXIMUM -> PoolingKernels.Kind.MAX;
            case MEAN_OF_PRESENT -> PoolingKernels.Kind.AVERAGE_OF_PRESENT;
        };
        return new PoolingKernels.Shape(
                dims(in, images), dims(out, images), window(operation.window(), out), kind, type);
    }

    public static Nhwc.Dims dims(Value value, int images) {
        return new Nhwc.Dims(images, value.channels(), value.height(), value.width());
    }

    private static ConvolutionShape.Window window(Window window, Value out) {
        return new ConvolutionShape.Window(axis(window.rows(), out.height()), axis(window.columns(), out.width()));
    }

    private static ConvolutionShape.Axis axis(Window.Axis axis, int positions) {
        return new ConvolutionShape.Axis(
                axis.size(), axis.stride(), axis.dilation(), axis.before(), axis.after(), positions);
    }
}
