package io.residual.onednn.kernels;

import io.residual.onednn.kernels.ConvolutionShape.Layout;
import io.residual.onednn.kernels.Kernel.Argument;
import java.util.List;
import org.bytedeco.dnnl.convolution_forward;
import org.bytedeco.dnnl.global.dnnl;
import org.bytedeco.dnnl.inner_product_forward;
import org.bytedeco.dnnl.memory;
import org.bytedeco.dnnl.post_ops;
import org.bytedeco.dnnl.primitive_attr;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.Pointer;
import org.jspecify.annotations.Nullable;

/**
 * By oneDNN's convolutions. Images so small that the window sees all of them at every position are multiplied by one matrix.
 */
final class DirectFusedConvolution implements FusedConvolution {
    private static final int STEPS = dnnl.DNNL_ARG_ATTR_SCALES;

    private static final int MAX_SMALL_IMAGE = 3;
    private static final int MIN_CHANNELS = 64;
    private static final int BLOCK = 16;

    private final Settings settings;
    private final boolean dense;
    /** Copies of the input and the output to {@link Layout#BLOCKS_OF_CHANNELS}, and back; none if that is not faster. */
    private final List<Kernel> copies;

    private final Kernel kernel;
    private final memory.desc layout;

    DirectFusedConvolution(Settings settings) {
        this.settings = settings;
        ConvolutionShape shape = settings.shape();
        dense = DenseKernels.covers(shape);
        Layout order = !dense && isSmall() ? Layout.BLOCKS_OF_CHANNELS : Layout.CHANNELS_LAST;
        copies = order == Layout.CHANNELS_LAST
                ? List.of()
                : List.of(
                        Kernel.copy(
                                shape.in().description(),
                                order.description(shape.in(), settings.in().code())),
                        Kernel.copy(
                                shape.out().description(),
                                order.description(shape.out(), settings.out().code())),
                        Kernel.copy(
                                order.description(shape.out(), settings.out().code()),
                                shape.out().description()));
        primitive_attr attributes = attributes();
        memory.desc bias = vector(dense ? matrixRows(shape) : shape.out().c());
        if (dense) {
            var in = matrix(shape.in().n(), columns(shape), settings.in());
            var out = matrix(shape.out().n(), matrixRows(shape), settings.out());
            var wanted = new memory.desc(
                    new long[] {matrixRows(shape), columns(shape)},
                    settings.weights().code(),
                    memory.format_tag.any);
            var description = new inner_product_forward.primitive_desc(
                    PrimitiveCache.engine(),
                    dnnl.prop_kind.forward_inference,
                    in,
                    wanted,
                    bias,
                    out,
                    attributes,
                    false);
            layout = description.weights_desc();
            kernel = Kernel.of(
                    new inner_product_forward(description), description.scratchpad_desc(), arguments(in, bias, out));
        } else {
            var in = order.description(shape.in(), settings.in().code());
            var out = order.description(shape.out(), settings.out().code());
            var window = shape.window();
            var description = new convolution_forward.primitive_desc(
                    PrimitiveCache.engine(),
                    dnnl.prop_kind.forward_inference,
                    dnnl.algorithm.convolution_direct,
                    in,
                    new memory.desc(shape.weights(), settings.weights().code(), memory.format_tag.any),
                    bias,
                    out,
                    window.strides(),
                    window.dilations(),
                    window.before(),
                    window.after(),
                    attributes,
                    false);
            layout = description.weights_desc();
            kernel = Kernel.of(
                    new convolution_forward(description), description.scratchpad_desc(), arguments(in, bias, out));
        }
    }

    /** Whether images are of so few pixels that oneDNN waits for the weights of channels that come last. */
    private boolean isSmall() {
        ConvolutionShape shape = settings.shape();
        return settings.in() == NumberType.F32
                && settings.out() == NumberType.F32
                && shape.in().w() <= MAX_SMALL_IMAGE
                && Math.min(shape.in().c(), shape.out().c()) >= MIN_CHANNELS
                && shape.in().c() % BLOCK == 0
                && shape.out().c() % BLOCK == 0;
    }

    private primitive_attr attributes() {
        var operations = new post_ops();
        settings.addend()
                .ifPresent(addend ->
                        operations.append_sum(addend.step(), 0, addend.type().code()));
        Attributes.append(operations, settings.epilogue(), settings.out());
        var attributes = Attributes.plain();
        attributes.set_post_ops(operations);
        if (settings.in().isInteger()) {
            attributes.set_scales_mask(dnnl.DNNL_ARG_SRC, 0);
            attributes.set_scales_mask(dnnl.DNNL_ARG_WEIGHTS, 1);
        }
        if (settings.out().isInteger()) {
            attributes.set_scales_mask(dnnl.DNNL_ARG_DST, 0);
        }
        return attributes;
    }

    private @Nullable Argument[] arguments(memory.desc in, memory.desc bias, memory.desc out) {
        boolean integer = settings.in().isInteger();
        return new @Nullable Argument[] {
            new Argument(dnnl.DNNL_ARG_SRC, in),
            new Argument(dnnl.DNNL_ARG_WEIGHTS, layout),
            new Argument(dnnl.DNNL_ARG_BIAS, bias),
            new Argument(dnnl.DNNL_ARG_DST, out),
            integer ? new Argument(STEPS | dnnl.DNNL_ARG_SRC, vector(1)) : null,
            integer ? new Argument(STEPS | dnnl.DNNL_ARG_WEIGHTS, bias) : null,
            settings.out().isInteger() ? new Argument(STEPS | dnnl.DNNL_ARG_DST, vector(1)) : null
        };
    }

    @Override
    public void run(Pointer in, Constants constants, Pointer out) {
        PrimitiveCache kernels = PrimitiveCache.ofThisThread();
        if (copies.isEmpty()) {
            run(kernels, in, constants, out);
            return;
        }
        ConvolutionShape shape = settings.shape();
        Pointer from = kernels.buffer(PrimitiveCache.Slot.INPUT, shape.in().length() * Float.BYTES);
        Pointer to = kernels.buffer(PrimitiveCache.Slot.RESULT, shape.out().length() * Float.BYTES);
        kernels.run(copies.get(0), in, from);
        if (settings.addend().isPresent()) {
            kernels.run(copies.get(1), out, to);
        }
        run(kernels, from, constants, to);
        kernels.run(copies.get(2), to, out);
    }

    private void run(PrimitiveCache kernels, Pointer in, Constants constants, Pointer out) {
        kernels.run(
                kernel,
                in,
                constants.weights(),
                constants.bias(),
                out,
                constants.inStep(),
                constants.weightSteps(),
                constants.outStep());
    }

    @Override
    public memory.desc layout() {
        return layout;
    }

    @Override
    public BytePointer prepare(float[] weights) {
        float[] given = weights;
        if (dense) {
            int[] places = places();
            given = new float[places.length];
            for (int i = 0; i < places.length; i++) {
                given[i] = weights[places[i]];
            }
        }
        try (var plain = new FloatPointer(given)) {
            return prepare(dense ? plain : plain.getPointer(settings.shape().weightOffset()), NumberType.F32);
        }
    }

    @Override
    public BytePointer prepare(byte[] weights) {
        byte[] given = weights;
        if (dense) {
            int[] places = places();
            given = new byte[places.length];
            for (int i = 0; i < places.length; i++) {
                given[i] = weights[places[i]];
            }
        }
        try (var plain = new BytePointer(given)) {
            return prepare(dense ? plain : plain.getPointer(settings.shape().weightOffset()), NumberType.S8);
        }
    }

    private BytePointer prepare(Pointer given, NumberType type) {
        ConvolutionShape shape = settings.shape();
        memory.desc from = dense
                ? matrix(matrixRows(shape), columns(shape), type)
                : new memory.desc(shape.weights(), type.code(), shape.weightStrides());
        BytePointer prepared = PrimitiveCache.allocate(layout.get_size());
        try (Kernel copy = Kernel.copy(from, layout)) {
            PrimitiveCache.ofThisThread().run(copy, given, PrimitiveCache.aligned(prepared));
        }
        return prepared;
    }

    @Override
    public float[] perChannel(float[] numbers) {
        if (!dense) {
            return numbers;
        }
        float[] repeated = new float[Math.toIntExact(matrixRows(settings.shape()))];
        for (int i = 0; i < repeated.length; i++) {
            repeated[i] = numbers[i % numbers.length];
        }
        return repeated;
    }

    /** For each element of the matrix [positions * output channels, height * width * input channels], that of the weights. */
    private int[] places() {
        ConvolutionShape shape = settings.shape();
        var filter = shape.filter();
        var rows = shape.window().rows();
        var columns = shape.window().columns();
        int[] places = new int[Math.toIntExact(matrixRows(shape) * columns(shape))];
        int at = 0;
        for (long position = 0; position < rows.positions() * columns.positions(); position++) {
            long top = filter.firstRow() + rows.firstTap(position / columns.positions());
            long left = filter.firstColumn() + columns.firstTap(position % columns.positions());
            for (long o = 0; o < shape.out().c(); o++) {
                for (long pixel = 0; pixel < shape.in().h() * shape.in().w(); pixel++) {
                    long tap = (top + pixel / shape.in().w()) * filter.columns()
                            + left
                            + pixel % shape.in().w();
                    for (long c = 0; c < shape.in().c(); c++) {
                        places[at++] = (int) ((o * shape.in().c() + c) * filter.rows() * filter.columns() + tap);
                    }
                }
            }
        }
        return places;
    }

    private static long matrixRows(ConvolutionShape shape) {
        return shape.out().h() * shape.out().w() * shape.out().c();
    }

    private static long columns(ConvolutionShape shape) {
        return shape.in().h() * shape.in().w() * shape.in().c();
    }

    private static memory.desc matrix(long rows, long columns, NumberType type) {
        return new memory.desc(new long[] {rows, columns}, type.code(), memory.format_tag.ab);
    }

    private static memory.desc vector(long length) {
        return new memory.desc(new long[] {length}, memory.data_type.f32, memory.format_tag.a);
    }

    @Override
    public void close() {
        copies.forEach(Kernel::close);
        kernel.close();
    }
}
