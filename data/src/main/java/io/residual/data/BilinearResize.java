package io.residual.data;

import java.util.Arrays;

/**
 * Bilinear resizing of grey images of 8 bits, the same to the last bit as Pillow's {@code Image.resize(BILINEAR)} and
 * so as torchvision's {@code Resize} of PIL images: half-pixel centres; a triangle filter that is as wide as two pixels
 * of the source, or of the target when reducing (antialiasing); first the rows, then the columns, each rounded to 8
 * bits; weights in fixed point with 22 bits. It can make a part of the target alone, and takes memory for that part, and
 * for a row and a column of the source.
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
    private final Taps across;
    private final Taps down;
    private final byte[] row;
    /** A row of the source resized in width, 0 to 255. */
    private final int[] widened;
    /** Of the target, [height, width]. */
    private final int[] sums;

    /**
     * One direction of the target.
     *
     * @param size of the complete target, at least 1
     * @param from the first pixel of the part that is made
     * @param count pixels of that part, at least 1
     */
    record Part(long size, long from, int count) {
        static Part all(int size) {
            return new Part(size, 0, size);
        }
    }

    /** Rows of an image. */
    interface Rows {
        /**
         * Reads a row.
         *
         * @param row takes the values of row y, unsigned bytes, [width]
         */
        void read(int y, byte[] row);
    }

    BilinearResize(int sourceHeight, int sourceWidth, Part height, Part width) {
        this.sourceHeight = sourceHeight;
        this.across = Taps.of(sourceWidth, width);
        this.down = Taps.of(sourceHeight, height);
        this.row = new byte[sourceWidth];
        this.widened = new int[width.count()];
        this.sums = new int[Math.multiplyExact(height.count(), width.count())];
    }

    /**
     * Resizes one image.
     *
     * @param target where the result goes, unsigned bytes, [height, width], from {@code offset} on
     */
    void resize(Rows source, byte[] target, int offset) {
        Arrays.fill(sums, HALF);
        int open = 0;
        for (int y = 0; y < sourceHeight; y++) {
            while (open < down.size() && down.end(open) <= y) {
                open++;
            }
            if (open == down.size()) {
                break;
            }
            if (down.first[open] <= y) {
                source.read(y, row);
                widen();
                addTo(open, y);
            }
        }
        for (int i = 0; i < sums.length; i++) {
            target[offset + i] = (byte) (sums[i] >> PRECISION_BITS);
        }
    }

    private void widen() {
        for (int x = 0; x < widened.length; x++) {
            int sum = HALF;
            int first = across.first[x];
            int[] weights = across.weights[x];
            for (int k = 0; k < weights.length; k++) {
                sum += (row[first + k] & 0xff) * weights[k];
            }
            widened[x] = sum >> PRECISION_BITS;
        }
    }

    /** Adds the row to all rows of the target, from the given one on, that it counts for. */
    private void addTo(int from, int y) {
        for (int t = from; t < down.size() && down.first[t] <= y; t++) {
            int weight = down.weights[t][y - down.first[t]];
            int at = t * widened.length;
            for (int x = 0; x < widened.length; x++) {
                sums[at + x] += widened[x] * weight;
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

        int end(int i) {
            return first[i] + weights[i].length;
        }

        static Taps of(int source, Part target) {
            double scale = (double) source / target.size();
            double support = Math.max(scale, 1);
            int[] first = new int[target.count()];
            int[][] weights = new int[target.count()][];
            for (int i = 0; i < first.length; i++) {
                double centre = (target.from() + i + 0.5) * scale;
                int from = Math.max(0, (int) (centre - support + 0.5));
                int to = Math.min(source, (int) (centre + support + 0.5));
                first[i] = from;
                weights[i] = weights(from, to, centre, support);
            }
            return new Taps(first, weights);
        }

        private static int[] weights(int from, int to, double centre, double support) {
            double sum = 0;
            for (int k = from; k < to; k++) {
                sum += weight(k, centre, support);
            }
            int[] fixed = new int[to - from];
            for (int k = 0; k < fixed.length; k++) {
                fixed[k] = (int) (0.5 + weight(from + k, centre, support) / sum * (1 << PRECISION_BITS));
            }
            return fixed;
        }

        private static double weight(int pixel, double centre, double support) {
            return Math.max(0, 1 - Math.abs((pixel - centre + 0.5) / support));
        }
    }
}
