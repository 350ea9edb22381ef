package io.residual.laboratory.experiments;

import java.util.List;
import java.util.Optional;

/**
 * A criterion and what came of it.
 *
 * @param values of the effect, one for each finished seed
 */
public record CriterionResult(Criterion criterion, List<Double> values, Verdict verdict) {
    public CriterionResult {
        values = List.copyOf(values);
        for (double value : values) {
            if (!Double.isFinite(value)) {
                throw new IllegalArgumentException(criterion.effect() + ": an effect must be finite, got " + value);
            }
        }
    }

    /** Mean and interval; nothing where fewer than two seeds are finished. */
    public Optional<MeanInterval> interval() {
        return MeanInterval.of(values);
    }

    /** The effect with its interval, or what is there of it. */
    public String figures() {
        return interval()
                .map(i -> Numbers.of(i, criterion.unit()))
                .orElseGet(() -> values.isEmpty()
                        ? "n/a: no seed is finished"
                        : Numbers.of(values.get(0)) + " " + criterion.unit() + " (one seed, no interval)");
    }
}
