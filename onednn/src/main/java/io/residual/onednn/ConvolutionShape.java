package io.residual.onednn;

import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.conf.ConvolutionMode;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.util.ConvolutionUtils;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Everything that decides which primitives a convolution needs.
 *
 * @param in examples, input channels, input height and width
 * @param out examples, output channels, output height and width
 * @param window kernel, stride, padding and dilation
 */
record ConvolutionShape(Nhwc.Dims in, Nhwc.Dims out, Window window, Bias bias, Precision precision) {
    /** Whether the convolution adds a bias. */
    enum Bias {
        PRESENT,
        ABSENT
    }

    static ConvolutionShape of(ConvolutionLayer layer, INDArray input, Precision precision) {
        var in = Nhwc.Dims.of(input);
        var window = Window.of(
                input,
                layer.getKernelSize(),
                layer.getStride(),
                layer.getPadding(),
                layer.getDilation(),
                layer.getConvolutionMode());
        var out = new Nhwc.Dims(in.n(), layer.getNOut(), window.rows.positions, window.columns.positions);
        return new ConvolutionShape(in, out, window, layer.hasBias() ? Bias.PRESENT : Bias.ABSENT, precision);
    }

    /** Shape of the weights as Deeplearning4j holds them: output channels, input channels, kernel height and width. */
    long[] weights() {
        return new long[] {out.c(), in.c(), window.rows.size, window.columns.size};
    }

    /** A window that slides over an image: what convolution and pooling have in common. */
    record Window(Axis rows, Axis columns) {
        static Window of(
                INDArray input, int[] kernel, int[] stride, int[] padding, int[] dilation, ConvolutionMode mode) {
            boolean same = mode == ConvolutionMode.Same;
            // Throws what the stock layer throws where the window does not fit.
            int[] positions = ConvolutionUtils.getOutputSize(
                    input, kernel, stride, same ? null : padding, mode, dilation, CNN2DFormat.NCHW);
            int[] before = same
                    ? ConvolutionUtils.getSameModeTopLeftPadding(
                            positions, new int[] {(int) input.size(2), (int) input.size(3)}, kernel, stride, dilation)
                    : padding;
            return new Window(
                    Axis.of(0, input.size(2), kernel, stride, before, dilation, positions),
                    Axis.of(1, input.size(3), kernel, stride, before, dilation, positions));
        }

        long[] kernel() {
            return new long[] {rows.size, columns.size};
        }

        long[] strides() {
            return new long[] {rows.stride, columns.stride};
        }

        /** oneDNN counts the cells between two taps: 0 for a window without holes. */
        long[] dilations() {
            return new long[] {rows.dilation - 1, columns.dilation - 1};
        }

        long[] before() {
            return new long[] {rows.before, columns.before};
        }

        long[] after() {
            return new long[] {rows.after, columns.after};
        }
    }

    /** One axis of a window, in cells; {@code positions} is the size of the output. */
    record Axis(long size, long stride, long dilation, long before, long after, long positions) {
        static Axis of(
                int axis, long cells, int[] kernel, int[] stride, int[] before, int[] dilation, int[] positions) {
            long reach = (positions[axis] - 1L) * stride[axis] + (kernel[axis] - 1L) * dilation[axis] + 1;
            // What truncation leaves over at the far side is no padding.
            long after = Math.max(0, reach - cells - before[axis]);
            return new Axis(kernel[axis], stride[axis], dilation[axis], before[axis], after, positions[axis]);
        }
    }
}
