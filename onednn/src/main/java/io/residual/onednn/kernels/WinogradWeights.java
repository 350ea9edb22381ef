package io.residual.onednn.kernels;

import java.nio.FloatBuffer;
import org.bytedeco.dnnl.memory;
import org.bytedeco.javacpp.Pointer;

/** Transforms weights [output channels, input channels, 3, 3] into the right factors of Winograd's products. */
final class WinogradWeights {
    private static final int CHUNK = 512;

    private final WinogradTransform transform;
    private final Kernel planes;
    private final Order order;
    private final int matrix;
    private final float[][] taps = new float[WinogradTransform.TAPS][CHUNK];
    /** For each column of the kernel, its points on the vertical axis. */
    private final float[][][] points;

    private final float[][] results;
    private final float[][] three = new float[WinogradTransform.TAPS][];

    /** In which order a pass reads the taps. */
    enum Order {
        /** Of the forward pass, whose matrices have a row for each input channel. */
        AS_GIVEN,
        /** Of the gradient of the input, whose matrices have a row for each output channel. */
        ROTATED
    }

    /**
     * Weights in a layout.
     *
     * @param layout of the factors [products, rows, columns], one matrix after the other
     */
    WinogradWeights(WinogradTransform transform, memory.desc layout, long rows, long columns, Order order) {
        this.transform = transform;
        points = new float[WinogradTransform.TAPS][transform.points()][CHUNK];
        results = new float[transform.points()][CHUNK];
        this.order = order;
        long[] nine = {WinogradTransform.TAPS * WinogradTransform.TAPS, rows, columns};
        long[] strides = order == Order.AS_GIVEN
                ? new long[] {
                    1,
                    WinogradTransform.TAPS * WinogradTransform.TAPS,
                    WinogradTransform.TAPS * WinogradTransform.TAPS * rows
                }
                : new long[] {
                    1,
                    WinogradTransform.TAPS * WinogradTransform.TAPS * columns,
                    WinogradTransform.TAPS * WinogradTransform.TAPS
                };
        // In the matrices' own layout, in which the transform works on one number after the other.
        planes = Kernel.copy(
                new memory.desc(nine, memory.data_type.f32, strides), layout.submemory_desc(nine, new long[3], false));
        matrix = Math.toIntExact(layout.get_size() / Float.BYTES / ((long) transform.points() * transform.points()));
    }

    void prepare(Pointer weights, Pointer to) {
        PrimitiveCache kernels = PrimitiveCache.ofThisThread();
        long count = (long) WinogradTransform.TAPS * WinogradTransform.TAPS * matrix;
        Pointer plain = kernels.buffer(PrimitiveCache.Slot.PLAIN_WEIGHTS, count * Float.BYTES);
        kernels.run(planes, weights, plain);
        FloatBuffer from = WinogradConvolution.floats(plain, count);
        FloatBuffer factors = WinogradConvolution.floats(to, (long) transform.points() * transform.points() * matrix);
        for (int at = 0; at < matrix; at += CHUNK) {
            transform(from, factors, at, Math.min(CHUNK, matrix - at));
        }
    }

    void close() {
        planes.close();
    }

    private void transform(FloatBuffer from, FloatBuffer to, int at, int length) {
        for (int column = 0; column < WinogradTransform.TAPS; column++) {
            for (int row = 0; row < WinogradTransform.TAPS; row++) {
                int tap = row * WinogradTransform.TAPS + column;
                int given = order == Order.AS_GIVEN ? tap : WinogradTransform.TAPS * WinogradTransform.TAPS - 1 - tap;
                from.get(given * matrix + at, taps[row], 0, length);
            }
            transform.weights(taps, points[column], length);
        }
        for (int point = 0; point < transform.points(); point++) {
            for (int column = 0; column < WinogradTransform.TAPS; column++) {
                three[column] = points[column][point];
            }
            transform.weights(three, results, length);
            for (int k = 0; k < transform.points(); k++) {
                to.put((point * transform.points() + k) * matrix + at, results[k], 0, length);
            }
        }
    }
}
