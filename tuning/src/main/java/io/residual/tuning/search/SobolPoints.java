package io.residual.tuning.search;

import java.util.stream.IntStream;
import org.apache.commons.math3.random.SobolSequenceGenerator;

/**
 * Sobol's sequence with the direction numbers of Joe and Kuo (2008), scrambled as Owen (1995) does, by hashes (Burley
 * 2020): the first 2^m points have as many in each elementary interval as before, and points of different seeds are
 * independent.
 */
final class SobolPoints {
    private static final double TWO_TO_32 = 0x1p32;

    private final int dimensions;
    private final int[] seeds;

    /**
     * A sequence.
     *
     * @param dimensions 1 to 1000
     * @param seeds one for each dimension
     */
    SobolPoints(int dimensions, int[] seeds) {
        if (seeds.length != dimensions) {
            throw new IllegalArgumentException(dimensions + " dimensions need as many seeds, got " + seeds.length);
        }
        this.dimensions = dimensions;
        this.seeds = seeds.clone();
    }

    /** A point of the sequence before it is scrambled, each coordinate in [0, 1). */
    static double[] plain(int dimensions, int index) {
        // Its skipTo(0) is a no-op, and its state starts there.
        return new SobolSequenceGenerator(dimensions).skipTo(index);
    }

    /** A point of the scrambled sequence, each coordinate in [0, 1). */
    double[] point(int index) {
        double[] plain = plain(dimensions, index);
        return IntStream.range(0, dimensions)
                .mapToDouble(d -> scrambled((int) (long) (plain[d] * TWO_TO_32), seeds[d]))
                .toArray();
    }

    private static double scrambled(int bits, int seed) {
        int scrambled = Integer.reverse(permuted(Integer.reverse(bits), seed));
        return Integer.toUnsignedLong(scrambled) / TWO_TO_32;
    }

    /** Each bit of the result depends on that bit and lower ones only (Laine and Karras 2011, section 3). */
    private static int permuted(int bits, int seed) {
        int x = bits;
        x ^= x * 0x3d20adea;
        x += seed;
        x *= (seed >>> 16) | 1;
        x ^= x * 0x05526c56;
        x ^= x * 0x53a22864;
        return x;
    }
}
