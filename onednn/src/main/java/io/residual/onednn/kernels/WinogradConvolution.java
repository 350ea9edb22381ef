package io.residual.onednn.kernels;

import io.residual.onednn.kernels.ConvolutionKernels.Direction;
import io.residual.onednn.kernels.WinogradOutput.Addend;
import io.residual.onednn.kernels.WinogradWeights.Order;
import java.nio.FloatBuffer;
import java.util.HashMap;
import java.util.Map;
import org.bytedeco.dnnl.global.dnnl;
import org.bytedeco.dnnl.matmul;
import org.bytedeco.dnnl.memory;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.Pointer;
import org.jspecify.annotations.Nullable;

/**
 * A 3 x 3 convolution with a quarter of the multiplications, by Winograd's F(4x4, 3x3) or F(3x3, 3x3), for the thread that makes it: images are
 * transformed in Java, tile by tile, and multiplied by oneDNN, 25 or 36 products of matrices at a time. Of 32-bit floats, [N, C, H, W] in
 * the order N, H, W, C. An infinity or NaN in an image becomes NaN in all of its tile.
 */
final class WinogradConvolution implements AutoCloseable {
    private static final int MIN_TILES = 32;
    private static final long MIN_CHANNELS = 64;
    private static final long MAX_WEIGHTS = 512 * 512;
    /** Of an image, for each tap: below, a step takes as long or longer, although a convolution alone is faster. */
    private static final long MIN_PRODUCTS = 1 << 20;

    private final int matrices;
    private final TiledImages from;
    private final TiledImages to;
    private final int images;
    private final int part;
    private final memory.desc layout;
    private final WinogradWeights weights;
    private final WinogradInput input;
    private final WinogradOutput output;
    private final Map<Integer, Kernel> products = new HashMap<>();

    private WinogradConvolution(Nhwc.Dims from, Nhwc.Dims to, Order order, Addend addend, Epilogue epilogue) {
        long channels = Math.max(from.c(), to.c());
        this.from = TiledImages.of(from, channels);
        this.to = TiledImages.of(to, channels);
        matrices = this.from.transform().points() * this.from.transform().points();
        this.images = Math.toIntExact(from.n());
        output = new WinogradOutput(this.to, addend, epilogue);
        input = new WinogradInput(this.from);
        part = (MIN_TILES + this.from.tiles() - 1) / this.from.tiles();
        layout = description(part, factor(from.c(), to.c(), memory.format_tag.any))
                .weights_desc();
        weights = new WinogradWeights(this.from.transform(), layout, from.c(), to.c(), order);
    }

    static WinogradConvolution of(ConvolutionShape shape, Direction pass) {
        return pass == Direction.FORWARD
                ? forward(shape, Addend.ABSENT, Epilogue.NONE)
                : new WinogradConvolution(shape.out(), shape.in(), Order.ROTATED, Addend.ABSENT, Epilogue.NONE);
    }

    static WinogradConvolution forward(ConvolutionShape shape, Addend addend, Epilogue epilogue) {
        return new WinogradConvolution(shape.in(), shape.out(), Order.AS_GIVEN, addend, epilogue);
    }

    /** The layout of prepared weights: kernels with an equal one can use them, too. */
    memory.desc layout() {
        return layout;
    }

    /** Brings weights [output channels, input channels, 3, 3] to that layout. */
    void prepare(Pointer given, Pointer prepared) {
        weights.prepare(given, prepared);
    }

    /** to = epilogue(images * weights + bias + addend). */
    void run(Pointer given, Pointer prepared, @Nullable Pointer bias, Pointer result) {
        PrimitiveCache kernels = PrimitiveCache.ofThisThread();
        float[] perChannel = new float[bias == null ? 0 : to.channels()];
        if (bias != null) {
            new FloatPointer(bias).get(perChannel);
        }
        output.setBias(perChannel);
        long tiles = (long) matrices * Math.min(part, images) * from.tiles();
        Pointer left = kernels.buffer(PrimitiveCache.Slot.INPUT, tiles * from.channels() * Float.BYTES);
        Pointer product = kernels.buffer(PrimitiveCache.Slot.RESULT, tiles * to.channels() * Float.BYTES);
        FloatBuffer leftNumbers = floats(left, tiles * from.channels());
        FloatBuffer productNumbers = floats(product, tiles * to.channels());
        FloatBuffer numbers = floats(given, (long) images * from.size());
        FloatBuffer results = floats(result, (long) images * to.size());
        for (int at = 0; at < images; at += part) {
            int count = Math.min(part, images - at);
            input.run(numbers, at * from.size(), count, leftNumbers);
            kernels.run(product(count), left, prepared, product);
            output.run(productNumbers, results, at * to.size(), count);
        }
    }

    private Kernel product(int count) {
        return products.computeIfAbsent(count, key -> {
            matmul.primitive_desc description = description(key, layout);
            return Kernel.of(
                    new matmul(description),
                    description.scratchpad_desc(),
                    new Kernel.Argument(dnnl.DNNL_ARG_SRC, description.src_desc()),
                    new Kernel.Argument(dnnl.DNNL_ARG_WEIGHTS, layout),
                    new Kernel.Argument(dnnl.DNNL_ARG_DST, description.dst_desc()));
        });
    }

    private matmul.primitive_desc description(int count, memory.desc right) {
        long tiles = (long) count * from.tiles();
        return new matmul.primitive_desc(
                PrimitiveCache.engine(),
                factor(tiles, from.channels(), memory.format_tag.abc),
                right,
                factor(tiles, to.channels(), memory.format_tag.abc),
                Attributes.plain(),
                false);
    }

    private memory.desc factor(long rows, long columns, memory.format_tag order) {
        return new memory.desc(new long[] {matrices, rows, columns}, memory.data_type.f32, order);
    }

    static FloatBuffer floats(Pointer memory, long count) {
        return new FloatPointer(memory).capacity(count).asBuffer();
    }

    /** Whether it is faster than oneDNN's own convolution of so many images: a rule that is the same on every machine. */
    static boolean isFaster(ConvolutionShape shape) {
        Nhwc.Dims in = shape.in();
        long tiles = in.n() * TiledImages.of(in, in.c()).tiles();
        long channels = Math.min(in.c(), shape.out().c());
        return shape.precision() == Precision.F32
                && isThreeOfStrideOne(shape.window().rows(), in.h())
                && isThreeOfStrideOne(shape.window().columns(), in.w())
                && channels >= MIN_CHANNELS
                && in.c() * shape.out().c() <= MAX_WEIGHTS
                && in.c() * shape.out().c() * in.h() * in.w() >= MIN_PRODUCTS
                && tiles >= MIN_TILES;
    }

    private static boolean isThreeOfStrideOne(ConvolutionShape.Axis axis, long cells) {
        return axis.size() == 3
                && axis.stride() == 1
                && axis.dilation() == 1
                && axis.before() == 1
                && axis.positions() == cells;
    }

    @Override
    public void close() {
        weights.close();
        products.values().forEach(Kernel::close);
    }
}
