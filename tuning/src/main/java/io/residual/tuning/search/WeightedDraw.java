package io.residual.tuning.search;

import org.apache.commons.rng.UniformRandomProvider;

/** Draws an index as often as its probability says. */
final class WeightedDraw {
    private WeightedDraw() {}

    /**
     * An index of the probabilities.
     *
     * @param probabilities with sum 1
     */
    static int index(double[] probabilities, UniformRandomProvider random) {
        double left = random.nextDouble();
        for (int i = 0; i < probabilities.length - 1; i++) {
            left -= probabilities[i];
            if (left < 0) {
                return i;
            }
        }
        return probabilities.length - 1;
    }
}
