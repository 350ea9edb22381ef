package io.residual.laboratory.experiments;

import io.residual.report.Numbers;
import io.residual.training.run.MeanInterval;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.IntStream;

/**
 * A criterion and its outcome.
 *
 * @param values of the effect, one for each finished seed
 */
public record CriterionResult(Criterion criterion, List<Double> values, Verdict verdict) {
    private static final int DIGITS = 3;
    /** More than these are not worth their time. */
    private static final int MAX_SEEDS = 50;

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

    /**
     * How many seeds would decide if further ones had the mean and the deviation of these; empty if these decide, or if too many
     * would be needed.
     */
    public OptionalInt seedsToDecide() {
        return verdict == Verdict.UNDECIDED && values.size() > 1
                ? IntStream.rangeClosed(values.size() + 1, MAX_SEEDS)
                        .filter(seeds -> MeanInterval.expected(values, seeds)
                                .map(interval -> criterion.expectation().evaluate(interval, criterion.bound()))
                                .filter(expected -> expected != Verdict.UNDECIDED)
                                .isPresent())
                        .findFirst()
                : OptionalInt.empty();
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
