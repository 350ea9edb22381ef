package io.residual.tuning.search;

import java.util.List;
import org.apache.commons.statistics.descriptive.Median;

/**
 * Prunes a trial whose best value so far is worse than the median of the finished trials' best values up to the same
 * epoch (Golovin et al. 2017, section 3.2.2; with Optuna's {@code MedianPruner} as the example of its details).
 *
 * @param startupTrials nothing is pruned before so many trials are finished, at least 1
 * @param warmupEpochs nothing is pruned up to this epoch, at least 0
 */
public record MedianPruner(Direction direction, int startupTrials, int warmupEpochs) implements Pruner {
    public MedianPruner {
        if (!(startupTrials >= 1 && warmupEpochs >= 0)) {
            throw new IllegalArgumentException(
                    "the median pruner needs at least 1 startup trial and 0 warm-up epochs, got " + startupTrials
                            + " and " + warmupEpochs);
        }
    }

    @Override
    public TrialState after(long trial, int epoch, List<Observation> history) {
        if (!decidesAfter(trial, epoch, history)) {
            return TrialState.RUNNING;
        }
        double[] done = history.stream()
                .filter(o -> o.state() == TrialState.DONE)
                .mapToDouble(o -> bestLoss(o, epoch))
                .toArray();
        double own = history.stream()
                .filter(o -> o.trial() == trial)
                .mapToDouble(o -> bestLoss(o, epoch))
                .min()
                .orElse(Double.POSITIVE_INFINITY);
        return own > Median.withDefaults().evaluate(done) ? TrialState.PRUNED : TrialState.RUNNING;
    }

    @Override
    public boolean decidesAfter(long trial, int epoch, List<Observation> history) {
        long done = history.stream().filter(o -> o.state() == TrialState.DONE).count();
        return done >= startupTrials && epoch > warmupEpochs;
    }

    private double bestLoss(Observation observation, int epoch) {
        return observation.curve().headMap(epoch, true).values().stream()
                .mapToDouble(direction::loss)
                .min()
                .orElse(Double.POSITIVE_INFINITY);
    }
}
