package io.residual.evaluation.metrics;

import java.util.Locale;
import java.util.OptionalDouble;

/** A share that may have no denominator. */
final class Ratio {
    private Ratio() {}

    static OptionalDouble of(long part, long whole) {
        return whole == 0 ? OptionalDouble.empty() : OptionalDouble.of((double) part / whole);
    }

    /** Four decimals, or {@code n/a}. */
    static String text(OptionalDouble value) {
        return value.isPresent() ? text(value.getAsDouble()) : "n/a";
    }

    static String text(double value) {
        return String.format(Locale.ROOT, "%.4f", value);
    }
}
