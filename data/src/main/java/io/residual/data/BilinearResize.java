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
    private static final int HALF = 1 << (Taps.PRECISION_BITS - 1);

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

    /** Of the rows of the target: those of the source. */
    Taps down() {
        return down;
    }

    /** Of the columns of the target: those of the source. */
    Taps across() {
        return across;
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
            if (down.first(open) <= y) {
                source.read(y, row);
                widen();
                addTo(open, y);
            }
        }
        for (int i = 0; i < sums.length; i++) {
            target[offset + i] = (byte) (sums[i] >> Taps.PRECISION_BITS);
        }
    }

    private void widen() {
        for (int x = 0; x < widened.length; x++) {
            int sum = HALF;
            int first = across.first(x);
            int[] weights = across.weights(x);
            for (int k = 0; k < weights.length; k++) {
                sum += (row[first + k] & 0xff) * weights[k];
            }
            widened[x] = sum >> Taps.PRECISION_BITS;
        }
    }

    /** Adds the row to all rows of the target, from the given one on, that it counts for. */
    private void addTo(int from, int y) {
        for (int t = from; t < down.size() && down.first(t) <= y; t++) {
            int weight = down.weights(t)[y - down.first(t)];
            int at = t * widened.length;
            for (int x = 0; x < widened.length; x++) {
                sums[at + x] += widened[x] * weight;
            }
        }
    }
}
