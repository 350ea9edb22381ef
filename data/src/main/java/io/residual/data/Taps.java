package io.residual.data;

/**
 * One direction of a resizing: for each pixel of the target, the first pixel of the source that counts and the weights from
 * there on, integers that stand for multiples of 2^-22.
 *
 * @see BilinearResize
 */
public final class Taps {
    /** Of the weights. As in Pillow: 32 bits minus 8 for the pixel and 2 against overflow. */
    public static final int PRECISION_BITS = 32 - 8 - 2;

    private final int[] first;
    private final int[][] weights;

    private Taps(int[] first, int[][] weights) {
        this.first = first;
        this.weights = weights;
    }

    /** Pixels of the target. */
    public int size() {
        return first.length;
    }

    /** The first pixel of the source that counts for a pixel of the target. */
    public int first(int i) {
        return first[i];
    }

    /** The weights of the source's pixels for a pixel of the target, from the first that counts on; to be read only. */
    public int[] weights(int i) {
        return weights[i];
    }

    int end(int i) {
        return first[i] + weights[i].length;
    }

    static Taps of(int source, BilinearResize.Part target) {
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
