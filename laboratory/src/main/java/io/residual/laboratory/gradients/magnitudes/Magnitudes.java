package io.residual.laboratory.gradients.magnitudes;

import java.util.OptionalDouble;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * How large the values of arrays are: their number, their norm, and how many there are between each power of two and the
 * next, which shows what a 16-bit number could not hold, whatever power of two the loss is scaled by.
 */
public final class Magnitudes {
    /** Of the smallest exponent, which subnormal doubles have. */
    private static final int OFFSET = -(Double.MIN_EXPONENT - 1);

    private static final long FRACTION = (1L << 52) - 1;

    private final long[] byExponent = new long[OFFSET + Double.MAX_EXPONENT + 1];
    /** Of these, the values that are a power of two themselves. */
    private final long[] powers = new long[byExponent.length];

    private long zeros;
    private long notFinite;
    private double squares;

    /** The values of one array, times a factor. */
    public static Magnitudes of(INDArray array, double factor) {
        Magnitudes magnitudes = new Magnitudes();
        magnitudes.add(array, factor);
        return magnitudes;
    }

    /**
     * Counts the values of an array, times a factor.
     *
     * @param array of FLOAT or DOUBLE
     */
    public void add(INDArray array, double factor) {
        INDArray copy = MemoryLayout.inMemoryOrder(array).dup('c');
        if (copy.dataType() == DataType.FLOAT) {
            float[] values = new float[Math.toIntExact(copy.length())];
            copy.data().asNioFloat().get(values);
            for (float value : values) {
                add(value * factor);
            }
        } else {
            for (double value : copy.data().asDouble()) {
                add(value * factor);
            }
        }
        if (copy.closeable()) {
            copy.close();
        }
    }

    private void add(double value) {
        if (value == 0) {
            zeros++;
            return;
        }
        int exponent = Math.getExponent(value);
        if (exponent > Double.MAX_EXPONENT) {
            notFinite++;
            return;
        }
        byExponent[exponent + OFFSET]++;
        if ((Double.doubleToRawLongBits(value) & FRACTION) == 0) {
            powers[exponent + OFFSET]++;
        }
        squares += value * value;
    }

    /** Adds the counts of another. */
    public void add(Magnitudes other) {
        for (int i = 0; i < byExponent.length; i++) {
            byExponent[i] += other.byExponent[i];
            powers[i] += other.powers[i];
        }
        zeros += other.zeros;
        notFinite += other.notFinite;
        squares += other.squares;
    }

    /** How many values there are. */
    public long count() {
        return zeros + notFinite + nonZero();
    }

    private long nonZero() {
        long sum = 0;
        for (long count : byExponent) {
            sum += count;
        }
        return sum;
    }

    /** Euclidean norm of all values; empty if one is infinite or NaN, or the norm is. */
    public OptionalDouble norm() {
        return notFinite == 0 && Double.isFinite(squares)
                ? OptionalDouble.of(Math.sqrt(squares))
                : OptionalDouble.empty();
    }

    /** Share of the values that are zero, in [0, 1]. */
    public double zeroShare() {
        return (double) zeros / count();
    }

    /**
     * Of the values other than zero, the share that is smaller than a power of two after all were multiplied by another.
     *
     * @param power as in 2^power
     * @param scaling exponent of the factor, 0 for none
     * @return in [0, 1]; empty if all are zero
     */
    OptionalDouble shareBelow(int power, int scaling) {
        return share(below(power - scaling));
    }

    /** As {@link #shareBelow}, with the power of two itself. */
    OptionalDouble shareAtMost(int power, int scaling) {
        return share(below(power - scaling) + powers[power - scaling + OFFSET]);
    }

    private long below(int power) {
        long below = 0;
        for (int exponent = -OFFSET; exponent < power; exponent++) {
            below += byExponent[exponent + OFFSET];
        }
        return below;
    }

    /** As {@link #shareBelow}, for values as large as the power of two or larger, infinite ones and NaN among them. */
    OptionalDouble shareFrom(int power, int scaling) {
        long from = notFinite;
        for (int exponent = power - scaling; exponent <= Double.MAX_EXPONENT; exponent++) {
            from += byExponent[exponent + OFFSET];
        }
        return share(from);
    }

    private OptionalDouble share(long part) {
        long all = nonZero() + notFinite;
        return all == 0 ? OptionalDouble.empty() : OptionalDouble.of((double) part / all);
    }
}
