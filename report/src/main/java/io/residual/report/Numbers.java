package io.residual.report;

import java.math.BigDecimal;
import java.math.MathContext;
import java.util.Locale;
import java.util.OptionalDouble;

/** Numbers as pages, charts and the terminal show them, the same in every locale. */
public final class Numbers {
    private static final BigDecimal LARGE = new BigDecimal("1000000");
    private static final BigDecimal SMALL = new BigDecimal("0.001");

    private Numbers() {}

    /** A number with a fixed count of decimals: {@code 0.9120}. */
    public static String fixed(double value, int decimals) {
        return String.format(Locale.ROOT, "%." + decimals + "f", value);
    }

    /** The same, or {@code n/a} if it is undefined. */
    public static String fixed(OptionalDouble value, int decimals) {
        return value.isPresent() ? fixed(value.getAsDouble(), decimals) : "n/a";
    }

    /** A difference with its sign: {@code +0.0031}. */
    public static String signed(double value, int decimals) {
        return String.format(Locale.ROOT, "%+." + decimals + "f", value);
    }

    /** A count with thousands separated: {@code 60,000}. */
    public static String count(long value) {
        return String.format(Locale.ROOT, "%,d", value);
    }

    /** A share of 1 in percent with one decimal: {@code 93.1 %}. */
    public static String percent(double share) {
        return fixed(100 * share, 1) + " %";
    }

    /** A label: plain with thousands separated if that is short, else with a power of ten. */
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

    /** A measured value with a number of significant digits, without trailing zeros: {@code 0.912}, {@code 1.5e-5}. */
    public static String of(double value, int digits) {
        BigDecimal rounded =
                BigDecimal.valueOf(value).round(new MathContext(digits)).stripTrailingZeros();
        return of(rounded.scale() < 0 ? rounded.setScale(0) : rounded);
    }
}
