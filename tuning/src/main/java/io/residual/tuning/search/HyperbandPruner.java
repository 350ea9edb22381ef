package io.residual.tuning.search;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;

/**
 * Hyperband (Li et al. 2018) over asynchronous halvings: several brackets, of which each starts its trials with more
 * epochs than the one before, in case early values mislead. Each bracket gets about as many epochs, so the later ones get
 * fewer trials. A trial's bracket follows from its number.
 */
public final class HyperbandPruner implements Pruner {
    private static final double GOLDEN_RATIO = 0.5 * (1 + Math.sqrt(5));

    /** One for each bracket. */
    private final List<AshaPruner> halvings = new ArrayList<>();
    /** Trials of each bracket per round (Li et al. 2018, algorithm 1, n). */
    private final List<Double> shares = new ArrayList<>();

    private final double round;

    /**
     * A pruner of no trials.
     *
     * @param minResource epochs up to the first rung of the first bracket, at least 1
     * @param maxResource epochs of a complete trial, at least {@code minResource}
     * @param reduction at least 2
     */
    public HyperbandPruner(Direction direction, int minResource, int maxResource, int reduction) {
        // The halving states and checks the bounds.
        halvings.add(new AshaPruner(direction, minResource, maxResource, reduction));
        for (long first = (long) minResource * reduction; first <= maxResource; first *= reduction) {
            halvings.add(new AshaPruner(direction, (int) first, maxResource, reduction));
        }
        for (int left = brackets() - 1; left >= 0; left--) {
            shares.add(Math.ceil(brackets() * Math.pow(reduction, left) / (left + 1)));
        }
        round = shares.stream().mapToDouble(s -> s).sum();
    }

    @Override
    public void observe(Observation trial) {
        halving(trial.trial()).observe(trial);
    }

    @Override
    public void forget(long trial) {
        halving(trial).forget(trial);
    }

    @Override
    public TrialState after(Observation trial) {
        return halving(trial.trial()).after(trial);
    }

    @Override
    public boolean decidesAfter(long trial, int epoch) {
        return halving(trial).decidesAfter(trial, epoch);
    }

    @Override
    public OptionalLong promotable() {
        return halvings.stream()
                .map(AshaPruner::promotable)
                .filter(OptionalLong::isPresent)
                .findFirst()
                .orElse(OptionalLong.empty());
    }

    /** How many brackets there are: as many as rungs up to the complete trial. */
    public int brackets() {
        return halvings.size();
    }

    /**
     * The bracket of a trial, from 0 for the one that halves most often. Multiples of the golden ratio spread the trials
     * of each bracket evenly over all.
     */
    public int bracket(long trial) {
        double place = trial * GOLDEN_RATIO % 1 * round;
        int bracket = 0;
        while (bracket < shares.size() - 1 && place >= shares.get(bracket)) {
            place -= shares.get(bracket);
            bracket++;
        }
        return bracket;
    }

    private AshaPruner halving(long trial) {
        return halvings.get(bracket(trial));
    }
}
