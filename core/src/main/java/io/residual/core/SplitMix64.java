package io.residual.core;

/**
 * A random generator that is the same in every JVM of every version, which the library's {@code nextInt(bound)} does not
 * promise to be: splits, orders, augmentations and what a network drops must be.
 *
 * @see <a href="https://doi.org/10.1145/2714064.2660195">Steele, Lea and Flood, Fast splittable pseudorandom number
 *     generators, 2014</a>
 */
public final class SplitMix64 {
    private static final long GOLDEN_GAMMA = 0x9E3779B97F4A7C15L;

    private long state;

    public SplitMix64(long seed) {
        this.state = seed;
    }

    /** The stream of a part (an epoch, a class) of what the seed stands for; streams of other parts are unrelated. */
    public static SplitMix64 of(long seed, long part) {
        return new SplitMix64(mix(seed) ^ mix(~part));
    }

    /** The seed of a generator that draws what this one draws from here on. */
    public long state() {
        return state;
    }

    public long nextLong() {
        long value = mix(state);
        state += GOLDEN_GAMMA;
        return value;
    }

    /** The first number of the stream that a seed starts: a hash of it, for numbers that are drawn in any order. */
    public static long mix(long seed) {
        long z = seed + GOLDEN_GAMMA;
        z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
        z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
        return z ^ (z >>> 31);
    }

    /** From 0 to {@code bound - 1}, each with the same probability but for a bias below {@code bound / 2^32}. */
    public int below(int bound) {
        return (int) (((nextLong() >>> 32) * bound) >>> 32);
    }

    /** In [0, 1), a multiple of 2^-53. */
    public double nextDouble() {
        return toDouble(nextLong());
    }

    /** The 53 high bits of a number as one in [0, 1). */
    public static double toDouble(long number) {
        return (number >>> 11) * 0x1p-53;
    }

    /** In [low, high), evenly; {@code low} if the two are equal. */
    public double between(double low, double high) {
        return low + (high - low) * nextDouble();
    }

    /** Fisher and Yates' shuffle, from the end. */
    public void shuffle(int[] values) {
        for (int i = values.length - 1; i > 0; i--) {
            int j = below(i + 1);
            int value = values[i];
            values[i] = values[j];
            values[j] = value;
        }
    }
}
