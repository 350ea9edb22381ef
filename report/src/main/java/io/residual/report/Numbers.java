package io.residual.report;

import java.math.BigDecimal;
import java.math.MathContext;
import java.util.Locale;

/** Numbers as labels show them: plain with thousands separated where that is short, else with a power of ten. */
public final class Numbers {
    private static final BigDecimal LARGE = new BigDecimal("1000000");
    private static final BigDecimal SMALL = new BigDecimal("0.001");

    private Numbers() {}

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
