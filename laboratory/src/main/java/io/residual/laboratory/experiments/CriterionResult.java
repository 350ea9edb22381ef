package io.residual.laboratory.experiments;

import io.residual.report.Numbers;
import io.residual.training.run.MeanInterval;
import java.util.List;
import java.util.Optional;

/**
 * A criterion and its outcome.
 *
 * @param values of the effect, one for each finished seed
 */
public record CriterionResult(Criterion criterion, List<Double> values, Verdict verdict) {
    private static final int DIGITS = 3;

    public CriterionResult {
        values = List.copyOf(values);
        for (double value : values) {
            if (!Double.isFinite(value)) {
                throw new IllegalArgumentException(criterion.effect() + ": an effect must be finite, got " + value);
            }
        }
    }

    /** Mean and interval; empty if fewer than two seeds are finished. */
    public Optional<MeanInterval> interval() {
        return MeanInterval.of(values);
    }

    /** The effect with its interval, such as "-12.3 (-15 to -9.6) points", or what there is of it. */
    public String text() {
        return interval()
                .map(i ->
                        number(i.mean()) + " (" + number(i.low()) + " to " + number(i.high()) + ") " + criterion.unit())
                .orElseGet(() -> values.isEmpty()
                        ? "n/a: no seed is finished"
                        : number(values.get(0)) + " " + criterion.unit() + " (one seed, no interval)");
    }

    /** An effect or a bound, with three digits. */
    public static String number(double value) {
        return Numbers.of(value, DIGITS);
    }
}
