package io.residual.onednn.kernels;

import static io.residual.onednn.kernels.WinogradArithmetic.POINTS;
import static io.residual.onednn.kernels.WinogradArithmetic.TAPS;

import java.nio.FloatBuffer;
import org.bytedeco.dnnl.memory;
import org.bytedeco.javacpp.Pointer;

/** Transforms weights [output channels, input channels, 3, 3] into the right factors of Winograd's products. */
final class WinogradWeights {
    private static final int CHUNK = 512;

    private final Kernel planes;
    private final Order order;
    private final int matrix;
    private final float[][] taps = new float[TAPS][CHUNK];
    /** For each column of the kernel, its six points on the vertical axis. */
    private final float[][][] points = new float[TAPS][POINTS][CHUNK];

    private final float[][] results = new float[POINTS][CHUNK];
    private final float[][] three = new float[TAPS][];

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
     * @param layout of the factors [36, rows, columns], one matrix after the other
     */
    WinogradWeights(memory.desc layout, long rows, long columns, Order order) {
        this.order = order;
        long[] nine = {TAPS * TAPS, rows, columns};
        long[] strides = order == Order.AS_GIVEN
                ? new long[] {1, TAPS * TAPS, TAPS * TAPS * rows}
                : new long[] {1, TAPS * TAPS * columns, TAPS * TAPS};
        // In the matrices' own layout, in which the transform works on one number after the other.
        planes = Kernel.copy(
                new memory.desc(nine, memory.data_type.f32, strides), layout.submemory_desc(nine, new long[3], false));
        matrix = Math.toIntExact(layout.get_size() / Float.BYTES / (POINTS * POINTS));
    }

    void prepare(Pointer weights, Pointer to) {
        PrimitiveCache kernels = PrimitiveCache.ofThisThread();
        long count = (long) TAPS * TAPS * matrix;
        Pointer plain = kernels.buffer(PrimitiveCache.Slot.PLAIN_WEIGHTS, count * Float.BYTES);
        kernels.run(planes, weights, plain);
        FloatBuffer from = WinogradConvolution.floats(plain, count);
        FloatBuffer factors = WinogradConvolution.floats(to, (long) POINTS * POINTS * matrix);
        for (int at = 0; at < matrix; at += CHUNK) {
            transform(from, factors, at, Math.min(CHUNK, matrix - at));
        }
    }

    void close() {
        planes.close();
    }

    private void transform(FloatBuffer from, FloatBuffer to, int at, int length) {
        for (int column = 0; column < TAPS; column++) {
            for (int row = 0; row < TAPS; row++) {
                int tap = row * TAPS + column;
                int given = order == Order.AS_GIVEN ? tap : TAPS * TAPS - 1 - tap;
                from.get(given * matrix + at, taps[row], 0, length);
            }
            WinogradArithmetic.weights(taps, points[column], length);
        }
        for (int point = 0; point < POINTS; point++) {
            for (int column = 0; column < TAPS; column++) {
                three[column] = points[column][point];
            }
            WinogradArithmetic.weights(three, results, length);
            for (int k = 0; k < POINTS; k++) {
                to.put((point * POINTS + k) * matrix + at, results[k], 0, length);
            }
        }
    }
}
