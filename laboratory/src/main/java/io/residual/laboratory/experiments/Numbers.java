package io.residual.laboratory.experiments;

import java.math.BigDecimal;
import java.math.MathContext;
import java.util.Locale;

/** Numbers as they are shown. */
public final class Numbers {
    private static final MathContext DIGITS = new MathContext(3);
    private static final double PLAIN_FROM = 1e-3;
    private static final double PLAIN_TO = 1e6;

    private Numbers() {}

    /** Three digits, such as 12.3, 0.00412 or 3.1e-07. */
    public static String of(double value) {
        double size = Math.abs(value);
        if (size != 0 && !(size >= PLAIN_FROM && size < PLAIN_TO)) {
            return String.format(Locale.ROOT, "%.2g", value);
        }
        return new BigDecimal(value).round(DIGITS).stripTrailingZeros().toPlainString();
    }

    /** An effect with its interval, such as "-12.3 (-15 to -9.6) points". */
    public static String of(MeanInterval interval, String unit) {
        return of(interval.mean()) + " (" + of(interval.low()) + " to " + of(interval.high()) + ") " + unit;
    }
}
