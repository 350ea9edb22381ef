package io.residual.onednn.kernels;

/**
 * Arithmetic on tiles: arrays of numbers of rows of channels, [rows, C], short enough for the first-level cache. The
 * compiler makes vectors of a loop over several arrays only where all have the same index.
 */
public final class ChannelTiles {
    private static final int MIN_LENGTH = 1024;
    private static final int FEW_LANES = 128;

    private ChannelTiles() {}

    /** The length of a tile: rows of channels, at least one. */
    public static int length(int channels) {
        return channels * Math.max(1, MIN_LENGTH / channels);
    }

    /** Writes the channels' numbers repeatedly, up to the tile's end. */
    public static void repeat(float[] perChannel, float[] tile) {
        for (int at = 0; at < tile.length; at += perChannel.length) {
            System.arraycopy(perChannel, 0, tile, at, perChannel.length);
        }
    }

    public static void sum(float[] left, float[] right, float[] to, int count) {
        for (int i = 0; i < count; i++) {
            to[i] = left[i] + right[i];
        }
    }

    public static void relu(float[] from, float[] to, int count) {
        for (int i = 0; i < count; i++) {
            to[i] = Math.max(0f, from[i]);
        }
    }

    /** Not by a comparison, of which the compiler makes no vectors: any number above 0, twice times 1e38, is above 1. */
    public static void mask(float[] gradient, float[] value, float[] to, int count) {
        for (int i = 0; i < count; i++) {
            to[i] = gradient[i] * Math.min(1f, value[i] * 1e38f * 1e38f);
        }
    }

    public static void normalize(float[] from, float[] mean, float[] scale, float[] shift, float[] to, int count) {
        for (int i = 0; i < count; i++) {
            to[i] = (from[i] - mean[i]) * scale[i] + shift[i];
        }
    }

    public static void normalizeAndRelu(
            float[] from, float[] mean, float[] scale, float[] shift, float[] to, int count) {
        for (int i = 0; i < count; i++) {
            to[i] = Math.max(0f, (from[i] - mean[i]) * scale[i] + shift[i]);
        }
    }

    public static void normalizedGradient(float[] gradient, float[] value, Coefficients by, float[] to, int count) {
        normalizedGradient(gradient, value, by.mean, by.scale, by.gradientMean, by.gradientSlope, to, count);
    }

    private static void normalizedGradient(
            float[] gradient,
            float[] value,
            float[] mean,
            float[] scale,
            float[] gradientMean,
            float[] slope,
            float[] to,
            int count) {
        for (int i = 0; i < count; i++) {
            to[i] = scale[i] * (gradient[i] - gradientMean[i] - (value[i] - mean[i]) * slope[i]);
        }
    }

    public static void addDeviations(float[] values, float[] pivots, float[] sums, float[] squares, int count) {
        for (int i = 0; i < count; i++) {
            float deviation = values[i] - pivots[i];
            sums[i] += deviation;
            squares[i] += deviation * deviation;
        }
    }

    public static void addGradients(
            float[] gradient, float[] value, float[] mean, float[] sums, float[] products, int count) {
        for (int i = 0; i < count; i++) {
            sums[i] += gradient[i];
            products[i] += gradient[i] * (value[i] - mean[i]);
        }
    }

    public static void add(float[] from, float[] to, int count) {
        for (int i = 0; i < count; i++) {
            to[i] += from[i];
        }
    }

    /** Adds the lanes of each channel to its total. The lanes do not keep their content. */
    public static void fold(float[] lanes, float[] half, double[] totals) {
        int channels = totals.length;
        int left = lanes.length;
        while (left > FEW_LANES && left % (2 * channels) == 0) {
            left /= 2;
            System.arraycopy(lanes, left, half, 0, left);
            add(half, lanes, left);
        }
        for (int at = 0; at < left; at += channels) {
            for (int c = 0; c < channels; c++) {
                totals[c] += lanes[at + c];
            }
        }
    }

    /** What a normalization multiplies and adds, repeated over a tile. */
    public static final class Coefficients {
        public final float[] mean;
        public final float[] scale;
        public final float[] shift;
        public final float[] gradientMean;
        public final float[] gradientSlope;

        public Coefficients(int channels) {
            int length = length(channels);
            mean = new float[length];
            scale = new float[length];
            shift = new float[length];
            gradientMean = new float[length];
            gradientSlope = new float[length];
        }
    }
}
