package io.residual.onednn.kernels;

import io.residual.onednn.kernels.Kernel.Argument;
import java.nio.FloatBuffer;
import java.util.HashMap;
import java.util.Map;
import org.bytedeco.dnnl.global.dnnl;
import org.bytedeco.dnnl.matmul;
import org.bytedeco.dnnl.memory;
import org.bytedeco.dnnl.post_ops;
import org.bytedeco.dnnl.primitive_attr;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.Pointer;
import org.jspecify.annotations.Nullable;

/**
 * The gradient of the weights of a 3 x 3 convolution by Winograd's products, [products, input channels, output channels], which are brought
 * back to 9 taps once for many batches.
 */
final class WinogradGradient {
    private static final int MIN_TILES = 64;
    /** Weights for each tile: so that adding up their gradients costs little beside the products. */
    private static final int MAX_WEIGHTS = 512;

    private static final int CHUNK = 512;

    private final WinogradTransform transform;
    private final int matrices;
    private final TiledImages in;
    private final TiledImages out;
    private final int images;
    private final int part;
    private final WinogradInput input;
    private final WinogradDelta delta;
    private final Map<Product, Kernel> products = new HashMap<>();
    private final Kernel planes;
    private final float[][] given;
    /** For each column of a kernel, its points on the vertical axis. */
    private final float[][][] columns;

    private record Product(int images, Target target) {}

    /** What becomes of the numbers that gradients are written to. */
    enum Target {
        OVERWRITTEN,
        ADDED_TO
    }

    WinogradGradient(ConvolutionShape shape) {
        long channels = Math.max(shape.in().c(), shape.out().c());
        in = TiledImages.of(shape.in(), channels);
        out = TiledImages.of(shape.out(), channels);
        transform = in.transform();
        matrices = transform.points() * transform.points();
        given = new float[transform.points()][CHUNK];
        columns = new float[WinogradTransform.TAPS][transform.points()][CHUNK];
        images = Math.toIntExact(shape.in().n());
        int tiles = Math.max(MIN_TILES, in.channels() * out.channels() / MAX_WEIGHTS);
        part = (tiles + in.tiles() - 1) / in.tiles();
        input = new WinogradInput(in);
        delta = new WinogradDelta(out);
        long[] nine = {WinogradTransform.TAPS * WinogradTransform.TAPS, in.channels(), out.channels()};
        planes = Kernel.copy(
                new memory.desc(nine, memory.data_type.f32, memory.format_tag.abc),
                new memory.desc(nine, memory.data_type.f32, new long[] {
                    1,
                    WinogradTransform.TAPS * WinogradTransform.TAPS,
                    (long) WinogradTransform.TAPS * WinogradTransform.TAPS * in.channels()
                }));
    }

    memory.desc layout() {
        return new memory.desc(
                new long[] {matrices, in.channels(), out.channels()}, memory.data_type.f32, memory.format_tag.abc);
    }

    /**
     * Computes gradients.
     *
     * @param bias where those of the bias are written; none if there is none
     */
    void run(Pointer image, Pointer outGradient, Pointer to, Target target, @Nullable Pointer bias) {
        PrimitiveCache kernels = PrimitiveCache.ofThisThread();
        long tiles = (long) matrices * Math.min(part, images) * in.tiles();
        Pointer left = kernels.buffer(PrimitiveCache.Slot.INPUT, tiles * in.channels() * Float.BYTES);
        Pointer right = kernels.buffer(PrimitiveCache.Slot.RESULT, tiles * out.channels() * Float.BYTES);
        FloatBuffer leftNumbers = WinogradConvolution.floats(left, tiles * in.channels());
        FloatBuffer rightNumbers = WinogradConvolution.floats(right, tiles * out.channels());
        FloatBuffer numbers = WinogradConvolution.floats(image, (long) images * in.size());
        FloatBuffer gradients = WinogradConvolution.floats(outGradient, (long) images * out.size());
        for (int at = 0; at < images; at += part) {
            int count = Math.min(part, images - at);
            input.run(numbers, at * in.size(), count, leftNumbers);
            delta.run(gradients, at * out.size(), count, rightNumbers);
            kernels.run(product(new Product(count, at > 0 ? Target.ADDED_TO : target)), left, right, to);
        }
        float[] sums = delta.takeSums();
        if (bias != null) {
            new FloatPointer(bias).put(sums);
        }
    }

    private Kernel product(Product wanted) {
        return products.computeIfAbsent(wanted, key -> {
            long tiles = (long) key.images * in.tiles();
            primitive_attr attributes = Attributes.plain();
            if (key.target == Target.ADDED_TO) {
                post_ops sum = new post_ops();
                sum.append_sum();
                attributes.set_post_ops(sum);
            }
            memory.desc left = new memory.desc(
                    new long[] {matrices, in.channels(), tiles}, memory.data_type.f32, memory.format_tag.acb);
            memory.desc right = new memory.desc(
                    new long[] {matrices, tiles, out.channels()}, memory.data_type.f32, memory.format_tag.abc);
            var description =
                    new matmul.primitive_desc(PrimitiveCache.engine(), left, right, layout(), attributes, false);
            return Kernel.of(
                    new matmul(description),
                    description.scratchpad_desc(),
                    new Argument(dnnl.DNNL_ARG_SRC, left),
                    new Argument(dnnl.DNNL_ARG_WEIGHTS, right),
                    new Argument(dnnl.DNNL_ARG_DST, layout()));
        });
    }

    /** Brings gradients to those of weights [output channels, input channels, 3, 3]. */
    void finish(Pointer gradients, Pointer target) {
        PrimitiveCache kernels = PrimitiveCache.ofThisThread();
        int matrix = in.channels() * out.channels();
        long count = (long) WinogradTransform.TAPS * WinogradTransform.TAPS * matrix;
        Pointer plain = kernels.buffer(PrimitiveCache.Slot.PLAIN_WEIGHTS, count * Float.BYTES);
        FloatBuffer from = WinogradConvolution.floats(gradients, (long) matrices * matrix);
        FloatBuffer to = WinogradConvolution.floats(plain, count);
        for (int at = 0; at < matrix; at += CHUNK) {
            finish(from, to, at, Math.min(CHUNK, matrix - at));
        }
        kernels.run(planes, plain, target);
    }

    private void finish(FloatBuffer from, FloatBuffer to, int at, int length) {
        int matrix = in.channels() * out.channels();
        float[][] three = new float[WinogradTransform.TAPS][];
        for (int point = 0; point < transform.points(); point++) {
            for (int k = 0; k < transform.points(); k++) {
                from.get((point * transform.points() + k) * matrix + at, given[k], 0, length);
            }
            for (int column = 0; column < WinogradTransform.TAPS; column++) {
                three[column] = columns[column][point];
            }
            transform.weightGradient(given, three, length);
        }
        for (int column = 0; column < WinogradTransform.TAPS; column++) {
            for (int row = 0; row < WinogradTransform.TAPS; row++) {
                three[row] = given[row];
            }
            transform.weightGradient(columns[column], three, length);
            for (int row = 0; row < WinogradTransform.TAPS; row++) {
                to.put((row * WinogradTransform.TAPS + column) * matrix + at, given[row], 0, length);
            }
        }
    }
}
