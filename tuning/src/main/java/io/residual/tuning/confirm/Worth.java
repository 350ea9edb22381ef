package io.residual.tuning.confirm;

import io.residual.training.run.MeanInterval;
import io.residual.tuning.search.Direction;
import java.util.Comparator;
import java.util.List;
import org.apache.commons.statistics.descriptive.Mean;
import org.apache.commons.statistics.descriptive.Variance;
import org.apache.commons.statistics.distribution.TDistribution;

/**
 * What the best of several candidates is worth. The mean of the winner's fresh values would flatter it again, as it won by
 * them. So each seed in turn is left out of the choice, and the value counts that the one chosen without it has with it.
 *
 * <p>The interval has Student's t with the variance of all candidates pooled, as a few seeds of the winner alone can agree by
 * chance; and Bonferroni's correction, so that it holds whichever of them won.
 *
 * @param candidates that have two fresh values at least
 */
record Worth(Direction direction, List<Candidate> candidates) {
    MeanInterval of(Candidate winner) {
        double[] heldOut = winner.values().keySet().stream()
                .mapToDouble(seed -> chosenWithout(seed).values().get(seed))
                .toArray();
        double squares = 0;
        double freedom = 0;
        for (Candidate candidate : candidates) {
            double[] values =
                    candidate.sample().stream().mapToDouble(value -> value).toArray();
            squares += Variance.of(values).getAsDouble() * (values.length - 1);
            freedom += values.length - 1;
        }
        double mean = Mean.of(heldOut).getAsDouble();
        double tail = (1 - MeanInterval.LEVEL) / (2 * candidates.size());
        double half = TDistribution.of(freedom).inverseSurvivalProbability(tail)
                * Math.sqrt(squares / freedom / heldOut.length);
        return new MeanInterval(mean, mean - half, mean + half, heldOut.length);
    }

    private Candidate chosenWithout(int seed) {
        return candidates.stream()
                .filter(candidate -> candidate.values().containsKey(seed))
                .min(Comparator.comparingDouble(candidate -> direction.loss(candidate.meanWithout(seed))))
                .orElseThrow();
    }
}
