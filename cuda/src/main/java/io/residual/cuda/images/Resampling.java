package io.residual.cuda.images;

import java.util.Arrays;

/**
 * One direction of a resizing: each pixel of the target is a weighted sum of neighbouring pixels of the source, with weights
 * that are multiples of 2^-22.
 */
public final class Resampling {
    private final int source;
    private final int size;
    private final int taps;
    /** The first pixel of the source for each of the target, [size], then their weights, [taps, size]. */
    private final int[] table;

    /**
     * A resizing by its weights.
     *
     * @param source pixels of the source
     * @param first for each pixel of the target, the first of the source that counts
     * @param weights for each pixel of the target, those of the source's pixels from there on, at least one
     * @throws IllegalArgumentException if they reach over an end of the source
     */
    public Resampling(int source, int[] first, int[][] weights) {
        this.source = source;
        this.size = first.length;
        int most = 1;
        for (int i = 0; i < size; i++) {
            if (first[i] < 0 || weights[i].length < 1 || first[i] + weights[i].length > source) {
                throw new IllegalArgumentException("pixel " + i + " is made of " + weights[i].length
                        + " pixels from pixel " + first[i] + " on, of a source of " + source);
            }
            most = Math.max(most, counting(weights[i]));
        }
        this.taps = most;
        this.table = new int[(1 + taps) * size];
        for (int i = 0; i < size; i++) {
            // All have as many weights: those at the end of the source start earlier.
            int from = Math.min(first[i], source - taps);
            table[i] = from;
            for (int k = 0; k < counting(weights[i]); k++) {
                table[(1 + first[i] - from + k) * size + i] = weights[i][k];
            }
        }
    }

    /** The source as it is. */
    public static Resampling none(int size) {
        int[] first = new int[size];
        Arrays.setAll(first, i -> i);
        int[][] weights = new int[size][];
        Arrays.fill(weights, new int[] {1 << 22});
        return new Resampling(size, first, weights);
    }

    /** Without the zeros at their end. */
    private static int counting(int[] weights) {
        int end = weights.length;
        while (end > 1 && weights[end - 1] == 0) {
            end--;
        }
        return end;
    }

    /** Pixels of the source. */
    public int source() {
        return source;
    }

    /** Pixels of the target. */
    public int size() {
        return size;
    }

    int taps() {
        return taps;
    }

    int[] table() {
        return table;
    }
}
