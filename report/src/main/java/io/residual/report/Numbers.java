package io.residual.report;

import java.math.BigDecimal;
import java.math.MathContext;
import java.util.Locale;
import java.util.OptionalDouble;

/**
 * Numbers as reports, charts and terminals show them, the same in every language of the system. Thousands are separated by
 * commas.
 */
public final class Numbers {
    /** What is written for a value that is undefined or was not measured. */
    public static final String NOT_AVAILABLE = "n/a";

    private static final BigDecimal LARGE = new BigDecimal("1000000");
    private static final BigDecimal SMALL = new BigDecimal("0.001");
    private static final double SMALLEST_P = 1e-4;

    private Numbers() {}

    /** An exact value: plain from 0.001 up to a million, else with a power of ten, such as {@code 1.5e-5}. */
    public static String of(BigDecimal value) {
        if (value.signum() == 0) {
            return "0";
        }
        BigDecimal size = value.abs();
        if (size.compareTo(LARGE) >= 0 || size.compareTo(SMALL) < 0) {
            BigDecimal bare = value.stripTrailingZeros();
            int exponent = bare.precision() - bare.scale() - 1;
            return bare.scaleByPowerOfTen(-exponent).toPlainString() + "e" + exponent;
        }
        return value.scale() > 0
                ? String.format(Locale.ROOT, "%,." + value.scale() + "f", value)
                : String.format(Locale.ROOT, "%,d", value.toBigInteger());
    }

    /**
     * A measured value with a number of significant digits, without trailing zeros: {@code 0.912}, {@code 1.5e-5}; NaN and
     * infinity by their names.
     */
    public static String of(double value, int digits) {
        if (!Double.isFinite(value)) {
            return Double.toString(value);
        }
        BigDecimal rounded =
                BigDecimal.valueOf(value).round(new MathContext(digits)).stripTrailingZeros();
        return of(rounded.scale() < 0 ? rounded.setScale(0) : rounded);
    }

    /** A value with a fixed number of decimals: {@code 0.90}. */
    public static String fixed(double value, int decimals) {
        return String.format(Locale.ROOT, "%." + decimals + "f", value);
    }

    /** A difference with its sign and a fixed number of decimals: {@code +0.0120}. */
    public static String signed(double difference, int decimals) {
        return String.format(Locale.ROOT, "%+." + decimals + "f", difference);
    }

    /** A share such as an accuracy, with four decimals: {@code 0.9120}. */
    public static String share(double value) {
        return fixed(value, 4);
    }

    /** A share with four decimals, or {@value #NOT_AVAILABLE} if it is undefined. */
    public static String share(OptionalDouble value) {
        return value.isPresent() ? share(value.getAsDouble()) : NOT_AVAILABLE;
    }

    /** A share in percent: {@code 91.2 %}. */
    public static String percent(double share, int decimals) {
        return fixed(100 * share, decimals) + " %";
    }

    public static String count(long value) {
        return String.format(Locale.ROOT, "%,d", value);
    }

    /** The p-value of a test with four decimals, or that it is below what four decimals can show. */
    public static String pValue(double p) {
        return p < SMALLEST_P ? "below 0.0001" : fixed(p, 4);
    }
}
