package io.residual.data;

import java.util.Arrays;

/**
 * Bilinear resizing of grey images of 8 bits, the same to the last bit as Pillow's {@code Image.resize(BILINEAR)} and
 * so as torchvision's {@code Resize} of PIL images: half-pixel centres; a triangle filter that is as wide as two pixels
 * of the source, or of the target when reducing (antialiasing); first the rows, then the columns, each rounded to 8
 * bits; weights in fixed point with 22 bits.
 *
 * <p>Not safe for use by several threads: it has work space of its own.
 *
 * @see <a href="https://github.com/python-pillow/Pillow/blob/9.4.0/src/libImaging/Resample.c">Pillow, Resample.c</a>
 */
final class BilinearResize {
    /** As in Pillow: 32 bits minus 8 for the pixel and 2 against overflow. */
    private static final int PRECISION_BITS = 32 - 8 - 2;

    private static final int HALF = 1 << (PRECISION_BITS - 1);

    private final int sourceHeight;
    private final int sourceWidth;
    private final Taps across;
    private final Taps down;
    /** The source resized in width, [sourceHeight, width], 0 to 255. */
    private final int[] widened;

    private final int[] sums;

    BilinearResize(int sourceHeight, int sourceWidth, int height, int width) {
        this.sourceHeight = sourceHeight;
        this.sourceWidth = sourceWidth;
        this.across = Taps.of(sourceWidth, width);
        this.down = Taps.of(sourceHeight, height);
        this.widened = new int[sourceHeight * width];
        this.sums = new int[width];
    }

    /**
     * Resizes one image.
     *
     * @param source unsigned bytes, [sourceHeight, sourceWidth], from {@code sourceOffset} on
     * @param target where the result goes, unsigned bytes, [height, width], from {@code targetOffset} on
     */
    void resize(byte[] source, int sourceOffset, byte[] target, int targetOffset) {
        int width = sums.length;
        for (int y = 0; y < sourceHeight; y++) {
            widen(source, sourceOffset + y * sourceWidth, y * width);
        }
        for (int y = 0; y < down.size(); y++) {
            sumRows(y);
            int row = targetOffset + y * width;
            for (int x = 0; x < width; x++) {
                target[row + x] = (byte) (sums[x] >> PRECISION_BITS);
            }
        }
    }

    private void widen(byte[] source, int sourceRow, int targetRow) {
        for (int x = 0; x < sums.length; x++) {
            int sum = HALF;
            int first = sourceRow + across.first[x];
            int[] weights = across.weights[x];
            for (int k = 0; k < weights.length; k++) {
                sum += (source[first + k] & 0xff) * weights[k];
            }
            widened[targetRow + x] = sum >> PRECISION_BITS;
        }
    }

    /** Row by row and not pixel by pixel, so that the inner loop runs over neighbours in memory. */
    private void sumRows(int y) {
        Arrays.fill(sums, HALF);
        int[] weights = down.weights[y];
        for (int k = 0; k < weights.length; k++) {
            int weight = weights[k];
            int row = (down.first[y] + k) * sums.length;
            for (int x = 0; x < sums.length; x++) {
                sums[x] += widened[row + x] * weight;
            }
        }
    }

    /** For each pixel of the target, the first pixel of the source that counts and the weights from there on. */
    private static final class Taps {
        private final int[] first;
        private final int[][] weights;

        private Taps(int[] first, int[][] weights) {
            this.first = first;
            this.weights = weights;
        }

        int size() {
            return first.length;
        }

        static Taps of(int source, int target) {
            double scale = (double) source / target;
            double support = Math.max(scale, 1);
            int[] first = new int[target];
            int[][] weights = new int[target][];
            for (int i = 0; i < target; i++) {
                double centre = (i + 0.5) * scale;
                int from = Math.max(0, (int) (centre - support + 0.5));
                int to = Math.min(source, (int) (centre + support + 0.5));
                first[i] = from;
                weights[i] = weights(from, to, centre, support);
            }
            return new Taps(first, weights);
        }

        private static int[] weights(int from, int to, double centre, double support) {
            double[] exact = new double[to - from];
            double sum = 0;
            for (int k = 0; k < exact.length; k++) {
                exact[k] = Math.max(0, 1 - Math.abs((k + from - centre + 0.5) / support));
                sum += exact[k];
            }
            int[] fixed = new int[exact.length];
            for (int k = 0; k < fixed.length; k++) {
                fixed[k] = (int) (0.5 + exact[k] / sum * (1 << PRECISION_BITS));
            }
            return fixed;
        }
    }
}
