package io.residual.training.loop;

import io.residual.core.ResidualException;
import io.residual.core.ResidualException.Kind;
import java.util.Locale;
import java.util.function.BooleanSupplier;

/** Detects divergence: a loss or a weight that is not finite, or a loss that stays far above that of a guess. */
final class DivergenceGuard {
    /** A kernel can hide a NaN from the loss (the highest of 0 and NaN is 0), so the weights are checked every few steps. */
    private static final int WEIGHTS_EVERY = 10;
    /** Steps over which a high loss is averaged: one bad batch, or a start that overshoots, is no divergence. */
    private static final int PATIENCE = 10;
    /** How many times the loss of a uniform guess, ln(classes), is too high. */
    private static final double HIGH = 5;

    private final BooleanSupplier finiteWeights;
    private final double highest;
    private int highSteps;

    DivergenceGuard(BooleanSupplier finiteWeights, int classes) {
        this.finiteWeights = finiteWeights;
        this.highest = HIGH * Math.log(classes);
    }

    /**
     * Checks a step.
     *
     * @param before the step
     * @throws ResidualException of kind DIVERGED that names the iteration
     */
    void check(Position before, double loss) {
        long iteration = before.iterations() + 1;
        if (!Double.isFinite(loss)) {
            throw diverged("the loss became " + (Double.isNaN(loss) ? "NaN" : "infinite"), before.epoch(), iteration);
        }
        highSteps = loss > highest ? highSteps + 1 : 0;
        if (highSteps >= PATIENCE) {
            throw diverged(
                    String.format(
                            Locale.ROOT,
                            "the loss was above %.1f (%.0f times that of a guess) for %d steps, last %.3g,",
                            highest,
                            HIGH,
                            PATIENCE,
                            loss),
                    before.epoch(),
                    iteration);
        }
        if (iteration % WEIGHTS_EVERY == 0) {
            requireFiniteWeights(before.epoch(), iteration);
        }
    }

    /**
     * Checks the weights alone.
     *
     * @throws ResidualException of kind DIVERGED that names the iteration
     */
    void checkWeights(Position at) {
        requireFiniteWeights(at.epoch(), at.iterations());
    }

    private void requireFiniteWeights(int epoch, long iteration) {
        if (!finiteWeights.getAsBoolean()) {
            throw diverged("a weight became NaN or infinite", epoch, iteration);
        }
    }

    private static ResidualException diverged(String what, int epoch, long iteration) {
        return new ResidualException(
                Kind.DIVERGED, what + " in epoch " + epoch + ", iteration " + iteration + ": lower the learning rate");
    }
}
