package io.residual.onednn.kernels;

import org.bytedeco.dnnl.memory;
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
 * @param window kernel, stride, padding and dilation, without the taps that never meet the image
 * @param filter the kernel as Deeplearning4j holds it
 * @param results in which the result and the gradient of the input are written
 */
public record ConvolutionShape(
        Nhwc.Dims in,
        Nhwc.Dims out,
        Window window,
        Filter filter,
        Bias bias,
        Precision precision,
        Precision results,
        Layout layout) {
    /** Below, rounding the operands takes longer than multiplying them faster saves. */
    private static final int MIN_CHANNELS_FOR_BF16 = 16;

    /** In which order the numbers of images lie in memory. */
    enum Layout {
        CHANNELS_LAST,
        /** [N, C / 16, H, W, 16]: faster on images of a few pixels. */
        BLOCKS_OF_CHANNELS;

        memory.desc description(Nhwc.Dims dims, memory.data_type type) {
            return this == CHANNELS_LAST
                    ? dims.description(type)
                    : new memory.desc(dims.shape(), type, memory.format_tag.nChw16c);
        }
    }

    /** Whether the convolution adds a bias. */
    public enum Bias {
        PRESENT,
        ABSENT
    }

    public static ConvolutionShape of(ConvolutionLayer layer, INDArray input, Precision precision) {
        var in = Nhwc.Dims.of(input);
        var window = Window.of(
                input,
                layer.getKernelSize(),
                layer.getStride(),
                layer.getPadding(),
                layer.getDilation(),
                layer.getConvolutionMode());
        var out = new Nhwc.Dims(in.n(), layer.getNOut(), window.rows.positions, window.columns.positions);
        return of(in, out, window, layer.hasBias() ? Bias.PRESENT : Bias.ABSENT, precision);
    }

    /** A convolution by a window all of whose taps may be used. */
    public static ConvolutionShape of(Nhwc.Dims in, Nhwc.Dims out, Window window, Bias bias, Precision precision) {
        var rows = window.rows.withoutUnusedTaps(in.h());
        var columns = window.columns.withoutUnusedTaps(in.w());
        return new ConvolutionShape(
                in,
                out,
                new Window(rows.axis, columns.axis),
                new Filter(window.rows.size, window.columns.size, rows.skipped, columns.skipped),
                bias,
                in.c() < MIN_CHANNELS_FOR_BF16 ? Precision.F32 : precision.supportedHere(),
                Precision.F32,
                Layout.CHANNELS_LAST);
    }

    ConvolutionShape with(Layout other) {
        return new ConvolutionShape(in, out, window, filter, bias, precision, results, other);
    }

    /** As this one, but with results in the precision of the factors. */
    ConvolutionShape withResultsLikeFactors() {
        return new ConvolutionShape(in, out, window, filter, bias, precision, precision, layout);
    }

    /** How many weights Deeplearning4j holds, those that are not in use among them. */
    long givenWeights() {
        return out.c() * in.c() * filter.rows * filter.columns;
    }

    /** Shape of the weights in use: output channels, input channels, kernel height and width. */
    long[] weights() {
        return new long[] {out.c(), in.c(), window.rows.size, window.columns.size};
    }

    /** Strides of the weights in use, in floats, within the kernel that Deeplearning4j holds. */
    long[] weightStrides() {
        long plane = filter.rows * filter.columns;
        return new long[] {in.c() * plane, plane, filter.columns, 1};
    }

    /** Offset of the weights in use within those of Deeplearning4j, in floats. */
    long weightOffset() {
        return filter.firstRow * filter.columns + filter.firstColumn;
    }

    /** Whether there are weights that are not in use. Their gradient is 0. */
    boolean hasUnusedWeights() {
        return filter.rows > window.rows.size || filter.columns > window.columns.size;
    }

    /**
     * A kernel of {@code rows * columns} taps, of which those from {@code firstRow} and {@code firstColumn} on are used.
     */
    record Filter(long rows, long columns, long firstRow, long firstColumn) {}

    /** A window that slides over an image: what convolution and pooling have in common. */
    public record Window(Axis rows, Axis columns) {
        public static Window of(
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
    public record Axis(long size, long stride, long dilation, long before, long after, long positions) {
        static Axis of(
                int axis, long cells, int[] kernel, int[] stride, int[] before, int[] dilation, int[] positions) {
            long reach = (positions[axis] - 1L) * stride[axis] + (kernel[axis] - 1L) * dilation[axis] + 1;
            // What truncation leaves over at the far side is no padding.
            long after = Math.max(0, reach - cells - before[axis]);
            return new Axis(kernel[axis], stride[axis], dilation[axis], before[axis], after, positions[axis]);
        }

        /** Whether the window sees all the cells at every position, none of them through a hole. */
        boolean seesAll(long cells) {
            return (dilation == 1 || size == 1) && firstTap(0) + cells <= size && firstTap(positions - 1) >= 0;
        }

        /** The tap that meets the first cell at that position. */
        long firstTap(long position) {
            return before - position * stride;
        }

        /**
         * Removes the taps at both ends that lie in the padding at every position: with padding 1, two thirds of a
         * kernel of 3 on an image of one cell, which the last stage of a deep network sees.
         */
        Trimmed withoutUnusedTaps(long cells) {
            long first = size;
            long last = -1;
            for (long tap = 0; tap < size; tap++) {
                if (meetsImage(tap, cells)) {
                    first = Math.min(first, tap);
                    last = tap;
                }
            }
            // oneDNN knows no negative padding.
            if (last < 0 || before < first * dilation) {
                return new Trimmed(this, 0);
            }
            long used = last - first + 1;
            long newBefore = before - first * dilation;
            long reach = (positions - 1) * stride + (used - 1) * dilation + 1;
            var axis = new Axis(used, stride, dilation, newBefore, Math.max(0, reach - cells - newBefore), positions);
            return new Trimmed(axis, first);
        }

        private boolean meetsImage(long tap, long cells) {
            for (long position = 0; position < positions; position++) {
                long cell = position * stride - before + tap * dilation;
                if (cell >= 0 && cell < cells) {
                    return true;
                }
            }
            return false;
        }
    }

    /** An axis without its unused taps, of which {@code skipped} were before the first that is left. */
    private record Trimmed(Axis axis, long skipped) {}
}
