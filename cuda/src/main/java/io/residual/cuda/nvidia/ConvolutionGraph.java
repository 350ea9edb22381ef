package io.residual.cuda.nvidia;

import io.residual.cuda.device.Convolution.Pass;
import io.residual.cuda.device.ConvolutionShape;
import io.residual.cuda.device.Format;
import io.residual.program.Window.Axis;
import java.util.ArrayList;
import java.util.List;

/** A convolution in cuDNN's terms: images [N, C, H, W] and weights [K, C, R, S] by their strides, channels last in memory. */
final class ConvolutionGraph implements AutoCloseable {
    /** Names of input, weights and output when it is run. */
    static final long[] IDS = {'x', 'w', 'y'};

    private final Cudnn cudnn;
    private final List<Descriptor> parts = new ArrayList<>();
    private final Descriptor graph;

    ConvolutionGraph(Cudnn cudnn, long handle, ConvolutionShape shape, Pass pass, Format format) {
        this.cudnn = cudnn;
        boolean complete = false;
        try {
            int type = format == Format.BF16 ? Cudnn.BFLOAT16 : Cudnn.FLOAT;
            Axis rows = shape.window().rows();
            Axis columns = shape.window().columns();
            Descriptor x = tensor(
                    IDS[0],
                    type,
                    shape.images(),
                    shape.in().channels(),
                    shape.in().height(),
                    shape.in().width());
            Descriptor w =
                    tensor(IDS[1], type, shape.out().channels(), shape.in().channels(), rows.size(), columns.size());
            Descriptor y = tensor(
                    IDS[2],
                    type,
                    shape.images(),
                    shape.out().channels(),
                    shape.out().height(),
                    shape.out().width());
            Descriptor operation = operation(pass, convolution(shape), w, x, y);
            graph = add(Cudnn.OPERATION_GRAPH)
                    .set(Cudnn.GRAPH_HANDLE, Cudnn.TYPE_HANDLE, handle)
                    .refer(Cudnn.GRAPH_OPERATIONS, operation)
                    .ready();
            complete = true;
        } finally {
            if (!complete) {
                close();
            }
        }
    }

    Descriptor descriptor() {
        return graph;
    }

    /**
     * Padding behind an image. Padding that no position reaches changes nothing, and equal paddings are the case that all of
     * cuDNN's engines know.
     */
    static int after(Axis axis, int in, int out) {
        int reach = (axis.size() - 1) * axis.dilation() + 1;
        int positions = Math.floorDiv(in + 2 * axis.before() - reach, axis.stride()) + 1;
        return positions == out ? axis.before() : axis.after();
    }

    @Override
    public void close() {
        parts.forEach(Descriptor::close);
        parts.clear();
    }

    private Descriptor convolution(ConvolutionShape shape) {
        Axis rows = shape.window().rows();
        Axis columns = shape.window().columns();
        return add(Cudnn.CONVOLUTION)
                .choose(Cudnn.CONVOLUTION_COMPUTE_TYPE, Cudnn.TYPE_DATA_TYPE, Cudnn.FLOAT)
                .choose(Cudnn.CONVOLUTION_MODE, Cudnn.TYPE_CONVOLUTION_MODE, Cudnn.CROSS_CORRELATION)
                .numbers(Cudnn.CONVOLUTION_SPATIAL_DIMENSIONS, 2)
                .numbers(Cudnn.CONVOLUTION_DILATIONS, rows.dilation(), columns.dilation())
                .numbers(Cudnn.CONVOLUTION_STRIDES, rows.stride(), columns.stride())
                .numbers(Cudnn.CONVOLUTION_PRE_PADDINGS, rows.before(), columns.before())
                .numbers(
                        Cudnn.CONVOLUTION_POST_PADDINGS,
                        after(rows, shape.in().height(), shape.out().height()),
                        after(columns, shape.in().width(), shape.out().width()))
                .ready();
    }

    private Descriptor operation(Pass pass, Descriptor convolution, Descriptor w, Descriptor x, Descriptor y) {
        int kind;
        int alpha;
        switch (pass) {
            case FORWARD -> {
                kind = Cudnn.OPERATION_FORWARD;
                alpha = Cudnn.FORWARD_ALPHA;
            }
            case BACKWARD_DATA -> {
                kind = Cudnn.OPERATION_BACKWARD_DATA;
                alpha = Cudnn.BACKWARD_DATA_ALPHA;
            }
            case BACKWARD_WEIGHTS -> {
                kind = Cudnn.OPERATION_BACKWARD_FILTER;
                alpha = Cudnn.BACKWARD_FILTER_ALPHA;
            }
            default -> throw new IllegalArgumentException(pass.toString());
        }
        return add(kind)
                .real(alpha, 1)
                .real(alpha + 1, 0)
                .refer(alpha + 2, convolution)
                .refer(alpha + 3, w)
                .refer(alpha + 4, x)
                .refer(alpha + 5, y)
                .ready();
    }

    private Descriptor tensor(long id, int type, long images, long channels, long height, long width) {
        return add(Cudnn.TENSOR)
                .numbers(Cudnn.TENSOR_UNIQUE_ID, id)
                .choose(Cudnn.TENSOR_DATA_TYPE, Cudnn.TYPE_DATA_TYPE, type)
                .numbers(Cudnn.TENSOR_BYTE_ALIGNMENT, 16)
                .numbers(Cudnn.TENSOR_DIMENSIONS, images, channels, height, width)
                .numbers(Cudnn.TENSOR_STRIDES, height * width * channels, 1, width * channels, channels)
                .ready();
    }

    private Descriptor add(int kind) {
        Descriptor part = new Descriptor(cudnn, kind);
        parts.add(part);
        return part;
    }
}
