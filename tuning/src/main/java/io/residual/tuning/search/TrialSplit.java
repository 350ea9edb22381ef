package io.residual.tuning.search;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * The trials in two parts: the good ones, which are few, and the others.
 *
 * @param good in the order of the trials
 * @param goodWeights one for each good trial
 * @param others in the order of the trials
 */
record TrialSplit(List<Observation> good, List<Double> goodWeights, List<Observation> others) {
    private static final double GOOD_SHARE = 0.1;
    private static final int MOST_GOOD = 25;
    /** So many of the latest trials have full weight. */
    private static final int RECENT = 25;

    /** How many of so many trials are good. */
    static int goodCount(int trials) {
        return Math.min((int) Math.ceil(GOOD_SHARE * trials), MOST_GOOD);
    }

    /** Weights of trials in their order: a ramp from 1/n up to 1, then 1 for the {@value #RECENT} latest. */
    static List<Double> weights(int trials) {
        List<Double> weights = new ArrayList<>(Collections.nCopies(trials, 1.0));
        int ramp = trials - RECENT;
        for (int i = 0; i < ramp; i++) {
            double first = 1.0 / trials;
            weights.set(i, ramp == 1 ? first : first + (1 - first) * i / (ramp - 1));
        }
        return weights;
    }

    /**
     * Divides by one objective. Finished trials are better than pruned ones, these better the later they were pruned, then
     * come diverged ones. Running trials are not good, so that parallel workers keep apart.
     */
    static TrialSplit of(List<Observation> observations, Direction direction) {
        Comparator<Observation> byRank = Comparator.comparingDouble((Observation o) -> stage(o.outcome()))
                .thenComparingDouble(o -> loss(o.outcome(), direction));
        int known = (int) observations.stream().filter(TrialSplit::isKnown).count();
        List<Observation> ranked = observations.stream().sorted(byRank).toList();
        Set<Observation> good = new HashSet<>(ranked.subList(0, goodCount(known)));
        List<Observation> goodInOrder =
                observations.stream().filter(good::contains).toList();
        return new TrialSplit(goodInOrder, weights(goodInOrder.size()), without(observations, good));
    }

    /** Divides by two objectives, of the trials that finished or diverged (Ozaki et al. 2022, multi-objective TPE). */
    static TrialSplit of(List<Observation> observations, List<Direction> directions) {
        List<Observation> finished = new ArrayList<>();
        List<double[]> losses = new ArrayList<>();
        List<Observation> judged = new ArrayList<>();
        for (Observation observation : observations) {
            if (observation.outcome() instanceof Outcome.Finished f) {
                finished.add(observation);
                losses.add(new double[] {
                    directions.get(0).loss(f.objectives().get(0)),
                    directions.get(1).loss(f.objectives().get(1))
                });
                judged.add(observation);
            } else if (observation.outcome() instanceof Outcome.Diverged) {
                judged.add(observation);
            }
        }
        int count = Math.min(goodCount(judged.size()), finished.size());
        List<Integer> chosen =
                HypervolumeSelection.best(losses, count).stream().sorted().toList();
        List<Observation> good = chosen.stream().map(finished::get).toList();
        List<Double> weights = HypervolumeSelection.contributions(
                chosen.stream().map(losses::get).toList());
        return new TrialSplit(good, weights, without(judged, new HashSet<>(good)));
    }

    static boolean isKnown(Observation observation) {
        return !(observation.outcome() instanceof Outcome.Running);
    }

    private static List<Observation> without(List<Observation> all, Set<Observation> some) {
        return all.stream().filter(o -> !some.contains(o)).toList();
    }

    /** Lower is better. */
    private static double stage(Outcome outcome) {
        if (outcome instanceof Outcome.Finished) {
            return Double.NEGATIVE_INFINITY;
        }
        if (outcome instanceof Outcome.Pruned pruned) {
            return -pruned.resource();
        }
        return outcome instanceof Outcome.Diverged ? 1 : Double.POSITIVE_INFINITY;
    }

    private static double loss(Outcome outcome, Direction direction) {
        if (outcome instanceof Outcome.Finished finished) {
            return direction.loss(finished.objectives().get(0));
        }
        return outcome instanceof Outcome.Pruned pruned ? direction.loss(pruned.objective()) : Double.POSITIVE_INFINITY;
    }
}
