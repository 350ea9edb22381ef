package io.residual.tuning.search;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Prunes a trial whose best value so far is worse than the median of the finished trials' best values up to the same
 * epoch (Golovin et al. 2017, section 3.2.2; with Optuna's {@code MedianPruner} as the example of its details).
 */
public final class MedianPruner implements Pruner {
    private final Direction direction;
    private final int startupTrials;
    private final int warmupEpochs;

    private final Set<Long> finished = new HashSet<>();
    /**
     * The finished trials' best losses up to each epoch, from 1, in rising order; after the last epoch they stay the same. To
     * insert one of 10,000 shifts references for 2 microseconds.
     */
    private final List<List<Double>> best = new ArrayList<>();

    /**
     * A pruner of no trials.
     *
     * @param startupTrials nothing is pruned before so many trials are finished, at least 1
     * @param warmupEpochs nothing is pruned up to this epoch, at least 0
     */
    public MedianPruner(Direction direction, int startupTrials, int warmupEpochs) {
        if (!(startupTrials >= 1 && warmupEpochs >= 0)) {
            throw new IllegalArgumentException(
                    "the median pruner needs at least 1 startup trial and 0 warm-up epochs, got " + startupTrials
                            + " and " + warmupEpochs);
        }
        this.direction = direction;
        this.startupTrials = startupTrials;
        this.warmupEpochs = warmupEpochs;
    }

    /** What is finished changes no more. */
    @Override
    public void observe(Observation trial) {
        if (trial.state() != TrialState.DONE || !finished.add(trial.trial())) {
            return;
        }
        while (best.size() < Math.max(1, trial.epochs())) {
            best.add(best.isEmpty() ? new ArrayList<>() : new ArrayList<>(best.get(best.size() - 1)));
        }
        double loss = Double.POSITIVE_INFINITY;
        for (int epoch = 1; epoch <= best.size(); epoch++) {
            Double value = trial.curve().get(epoch);
            loss = value == null ? loss : Math.min(loss, direction.loss(value));
            List<Double> losses = best.get(epoch - 1);
            int place = Collections.binarySearch(losses, loss);
            losses.add(place < 0 ? -1 - place : place, loss);
        }
    }

    /** A trial that fails was not finished before. */
    @Override
    public void forget(long trial) {}

    @Override
    public TrialState after(Observation trial) {
        if (!decidesAfter(trial.trial(), trial.epochs())) {
            return TrialState.RUNNING;
        }
        double own = trial.curve().values().stream()
                .mapToDouble(direction::loss)
                .min()
                .orElse(Double.POSITIVE_INFINITY);
        return own > median(best.get(Math.min(trial.epochs(), best.size()) - 1))
                ? TrialState.PRUNED
                : TrialState.RUNNING;
    }

    @Override
    public boolean decidesAfter(long trial, int epoch) {
        return finished.size() >= startupTrials && epoch > warmupEpochs;
    }

    private static double median(List<Double> sorted) {
        return 0.5 * sorted.get((sorted.size() - 1) / 2) + 0.5 * sorted.get(sorted.size() / 2);
    }
}
