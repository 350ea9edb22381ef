package io.residual.benchmark.report;

import io.residual.benchmark.measurement.Summary;
import io.residual.benchmark.measurement.Task;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** How numbers are written; what was not measured is written as {@code n/a}. */
final class Numbers {
    private static final String ABSENT = "n/a";

    private Numbers() {}

    /** Four significant digits at most, and no more than one decimal. */
    static String rate(double imagesPerSecond) {
        return imagesPerSecond < 100
                ? String.format(Locale.ROOT, "%.1f", imagesPerSecond)
                : String.format(Locale.ROOT, "%.0f", imagesPerSecond);
    }

    static String range(Summary spread) {
        return rate(spread.least()) + " - " + rate(spread.greatest());
    }

    static String ratio(@Nullable Double ratio) {
        return ratio == null ? ABSENT : String.format(Locale.ROOT, "%.2f", ratio);
    }

    static String percent(@Nullable Double share) {
        return share == null ? ABSENT : String.format(Locale.ROOT, "%.0f %%", 100 * share);
    }

    /** Gigabytes of 10^9 bytes. */
    static String gigabytes(@Nullable Long bytes) {
        return bytes == null ? ABSENT : String.format(Locale.ROOT, "%.2f GB", bytes * 1e-9);
    }

    static String task(Task task) {
        return switch (task) {
            case TRAIN -> "training";
            case INFER -> "inference";
            case CHECK -> "check";
        };
    }
}
