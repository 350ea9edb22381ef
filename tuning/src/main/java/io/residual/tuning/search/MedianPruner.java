package io.residual.tuning.search;

import java.util.Arrays;

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
    public PruningDecision after(long trial, int resource, LearningCurves table) {
        double[] finished = table.trials().values().stream()
                .filter(row -> row.state() == LearningCurves.State.FINISHED)
                .mapToDouble(row -> bestLoss(row, resource))
                .toArray();
        if (finished.length < startupTrials || resource <= warmupEpochs) {
            return new PruningDecision.Continue();
        }
        double own = table.row(trial).map(row -> bestLoss(row, resource)).orElse(Double.POSITIVE_INFINITY);
        return own > median(finished) ? new PruningDecision.Prune() : new PruningDecision.Continue();
    }

    private double bestLoss(LearningCurves.Row row, int resource) {
        return row.values().headMap(resource, true).values().stream()
                .mapToDouble(direction::loss)
                .min()
                .orElse(Double.POSITIVE_INFINITY);
    }

    private static double median(double[] values) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        return 0.5 * (sorted[(sorted.length - 1) / 2] + sorted[sorted.length / 2]);
    }
}
