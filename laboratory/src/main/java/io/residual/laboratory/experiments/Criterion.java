package io.residual.laboratory.experiments;

import java.util.List;
import java.util.Optional;

/**
 * What must hold for a claim, declared before anything is trained.
 *
 * @param effect what is measured, such as "plain ResNet-44 less plain ResNet-20, held-out accuracy"
 * @param unit of the effect and the bound, such as "points"
 * @param role whether the verdict depends on it
 * @param expectation where the claim wants the effect
 * @param bound finite
 * @param measure one value for each seed
 */
public record Criterion(String effect, String unit, Role role, Expectation expectation, double bound, Measure measure) {
    /** Whether a verdict depends on a criterion. */
    public enum Role {
        DECIDES,
        /** Told beside the verdict, for those who ask why. */
        EXPLAINS
    }

    /** The effect in the trainings of one seed. */
    @FunctionalInterface
    public interface Measure {
        /**
         * The effect for a seed.
         *
         * @param results of all finished seeds, for effects whose choices are made on the other seeds
         * @return finite
         */
        double of(Results results, long seed);
    }

    public Criterion {
        if (!Double.isFinite(bound)) {
            throw new IllegalArgumentException(effect + ": the bound must be finite, got " + bound);
        }
    }

    /** A criterion that the verdict depends on. */
    public static Criterion decides(
            String effect, String unit, Expectation expectation, double bound, Measure measure) {
        return new Criterion(effect, unit, Role.DECIDES, expectation, bound, measure);
    }

    /** A criterion that is told only. */
    public static Criterion explains(
            String effect, String unit, Expectation expectation, double bound, Measure measure) {
        return new Criterion(effect, unit, Role.EXPLAINS, expectation, bound, measure);
    }

    /** Judges what was measured. */
    CriterionResult judge(Results results) {
        List<Double> values =
                results.seeds().stream().map(seed -> measure.of(results, seed)).toList();
        Optional<MeanInterval> interval = MeanInterval.of(values);
        return new CriterionResult(
                this, values, interval.map(i -> expectation.judge(i, bound)).orElse(Verdict.UNDECIDED));
    }

    /** The declaration as a sentence. */
    public String statement() {
        String where = expectation == Expectation.ABOVE ? "above" : "below";
        return effect + ": the 95 % interval over seeds lies " + where + " " + Numbers.of(bound) + " " + unit;
    }
}
