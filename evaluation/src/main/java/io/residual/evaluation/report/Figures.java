package io.residual.evaluation.report;

import java.util.Locale;
import java.util.OptionalDouble;

/** Numbers as text, page and terminal show them. */
final class Figures {
    private Figures() {}

    /** A share with four decimals. */
    static String share(double value) {
        return String.format(Locale.ROOT, "%.4f", value);
    }

    /** A share with four decimals, or n/a. */
    static String share(OptionalDouble value) {
        return value.isPresent() ? share(value.getAsDouble()) : "n/a";
    }

    /** A difference of shares, with its sign. */
    static String difference(double value) {
        return String.format(Locale.ROOT, "%+.4f", value);
    }

    static String count(long value) {
        return String.format(Locale.ROOT, "%,d", value);
    }

    /** A probability of an error, which may be tiny. */
    static String significance(double p) {
        return p < 1e-4 ? "below 0.0001" : String.format(Locale.ROOT, "%.4f", p);
    }

    /** A probability in words of a caption. */
    static String percent(double share) {
        return String.format(Locale.ROOT, "%.1f %%", 100 * share);
    }
}
