package io.residual.tuning.search;

import java.util.List;
import java.util.OptionalLong;
import java.util.stream.IntStream;

/**
 * Hyperband (Li et al. 2018) over asynchronous halvings: several brackets, of which each starts its trials with more
 * epochs than the one before, in case early values mislead. Each bracket gets about as many epochs, so the later ones get
 * fewer trials. A trial's bracket follows from its number.
 *
 * @param minResource epochs up to the first rung of the first bracket, at least 1
 * @param maxResource epochs of a complete trial, at least {@code minResource}
 * @param reduction at least 2
 */
public record HyperbandPruner(Direction direction, int minResource, int maxResource, int reduction) implements Pruner {
    private static final double GOLDEN_RATIO = 0.5 * (1 + Math.sqrt(5));

    public HyperbandPruner {
        // The halving states and checks the bounds.
        new AshaPruner(direction, minResource, maxResource, reduction).rungs();
    }

    @Override
    public TrialState after(long trial, int epoch, List<Observation> history) {
        int bracket = bracket(trial);
        return halving(bracket).after(trial, epoch, inBracket(bracket, history));
    }

    @Override
    public boolean decidesAfter(long trial, int epoch, List<Observation> history) {
        return halving(bracket(trial)).decidesAfter(trial, epoch, history);
    }

    @Override
    public OptionalLong promotable(List<Observation> history) {
        return IntStream.range(0, brackets())
                .mapToObj(bracket -> halving(bracket).promotable(inBracket(bracket, history)))
                .filter(OptionalLong::isPresent)
                .mapToLong(OptionalLong::getAsLong)
                .findFirst();
    }

    /** How many brackets there are: as many as rungs up to the complete trial. */
    public int brackets() {
        int brackets = 1;
        for (long rung = minResource; rung * reduction <= maxResource; rung *= reduction) {
            brackets++;
        }
        return brackets;
    }

    /**
     * The bracket of a trial, from 0 for the one that halves most often. Multiples of the golden ratio spread the trials
     * of each bracket evenly over all.
     */
    public int bracket(long trial) {
        return bracket(trial, shares());
    }

    private static int bracket(long trial, List<Double> shares) {
        double place =
                trial * GOLDEN_RATIO % 1 * shares.stream().mapToDouble(s -> s).sum();
        int bracket = 0;
        while (bracket < shares.size() - 1 && place >= shares.get(bracket)) {
            place -= shares.get(bracket);
            bracket++;
        }
        return bracket;
    }

    /** Trials of a bracket per round (Li et al. 2018, algorithm 1, n). */
    private List<Double> shares() {
        int all = brackets();
        return IntStream.range(0, all)
                .mapToObj(bracket -> {
                    int halvings = all - 1 - bracket;
                    return Math.ceil(all * Math.pow(reduction, halvings) / (halvings + 1));
                })
                .toList();
    }

    private AshaPruner halving(int bracket) {
        int first = minResource;
        for (int i = 0; i < bracket; i++) {
            first *= reduction;
        }
        return new AshaPruner(direction, first, maxResource, reduction);
    }

    private List<Observation> inBracket(int bracket, List<Observation> history) {
        List<Double> shares = shares();
        return history.stream()
                .filter(o -> bracket(o.trial(), shares) == bracket)
                .toList();
    }
}
