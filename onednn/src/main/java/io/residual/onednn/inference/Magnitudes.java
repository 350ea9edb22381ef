package io.residual.onednn.inference;

/** How often the magnitudes of numbers lie in intervals of equal width, which doubles when a larger number comes. */
final class Magnitudes {
    private static final int BINS = 4096;

    private final long[] counts = new long[BINS];
    private double width;
    private float largest;
    private long count;

    void add(float[] numbers) {
        for (float number : numbers) {
            largest = Math.max(largest, Math.abs(number));
        }
        if (!Float.isFinite(largest)) {
            throw new ArithmeticException("found " + largest);
        }
        widen();
        for (float number : numbers) {
            counts[width == 0 ? 0 : (int) Math.min(BINS - 1, Math.abs(number) / width)]++;
        }
        count += numbers.length;
    }

    private void widen() {
        if (width == 0) {
            width = largest / BINS;
        }
        while (width * BINS < largest) {
            for (int i = 0; i < BINS; i++) {
                counts[i] = i < BINS / 2 ? counts[2 * i] + counts[2 * i + 1] : 0;
            }
            width *= 2;
        }
    }

    /** The magnitude that this share of the numbers does not exceed, up to the width of an interval. */
    float quantile(double share) {
        long within = 0;
        for (int i = 0; i < BINS; i++) {
            within += counts[i];
            if (within >= share * count) {
                return (float) Math.min(largest, (i + 1) * width);
            }
        }
        return largest;
    }
}
