package io.residual.laboratory.experiments;

import io.residual.training.run.MeanInterval;
import java.util.List;

/**
 * What must hold for a claim, declared before anything is trained.
 *
 * @param effect what is measured, such as "plain ResNet-44 minus plain ResNet-20, held-out accuracy"
 * @param unit of the effect and the bound, such as "points"
 * @param role whether the verdict depends on it
 * @param expectation where the claim wants the effect
 * @param bound finite
 * @param measure one value for each seed
 */
public record Criterion(String effect, String unit, Role role, Expectation expectation, double bound, Measure measure) {
    /** Whether a verdict depends on a criterion. */
    public enum Role {
        PRIMARY,
        /** Reported next to the verdict, for those who ask why. */
        SECONDARY
    }

    /** On which side of a bound a claim wants an effect. */
    public enum Expectation {
        ABOVE,
        BELOW;

        /** What an interval says of a bound. */
        public Verdict evaluate(MeanInterval effect, double bound) {
            return switch (this) {
                case ABOVE -> verdict(effect.low() > bound, effect.high() <= bound);
                case BELOW -> verdict(effect.high() < bound, effect.low() >= bound);
            };
        }

        private static Verdict verdict(boolean holds, boolean fails) {
            return holds ? Verdict.CONFIRMED : fails ? Verdict.REFUTED : Verdict.UNDECIDED;
        }
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

    /** A criterion whose bound is still to be named. */
    public record Effect(String name, String unit, Role role) {
        public Criterion above(double bound, Measure measure) {
            return new Criterion(name, unit, role, Expectation.ABOVE, bound, measure);
        }

        public Criterion below(double bound, Measure measure) {
            return new Criterion(name, unit, role, Expectation.BELOW, bound, measure);
        }
    }

    public Criterion {
        if (!Double.isFinite(bound)) {
            throw new IllegalArgumentException(effect + ": the bound must be finite, got " + bound);
        }
    }

    /** An effect that the verdict depends on. */
    public static Effect primary(String effect, String unit) {
        return new Effect(effect, unit, Role.PRIMARY);
    }

    /** An effect that is only reported. */
    public static Effect secondary(String effect, String unit) {
        return new Effect(effect, unit, Role.SECONDARY);
    }

    /** Compares what was measured with the bound. */
    CriterionResult evaluate(Results results) {
        List<Double> values =
                results.seeds().stream().map(seed -> measure.of(results, seed)).toList();
        return new CriterionResult(
                this,
                values,
                MeanInterval.of(values)
                        .map(interval -> expectation.evaluate(interval, bound))
                        .orElse(Verdict.UNDECIDED));
    }

    /** The declaration as a sentence. */
    public String statement() {
        String side = expectation == Expectation.ABOVE ? "above" : "below";
        return effect + ": the 95 % interval over seeds lies " + side + " " + CriterionResult.number(bound) + " "
                + unit;
    }
}
