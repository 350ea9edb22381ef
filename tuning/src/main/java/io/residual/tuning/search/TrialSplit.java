package io.residual.tuning.search;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;

/**
 * The trials in two parts: the good ones, which are few, and the rest.
 *
 * @param good in the order of the trials
 * @param goodWeights one for each good trial
 * @param rest in the order of the trials
 */
record TrialSplit(List<Observation> good, List<Double> goodWeights, List<Observation> rest) {
    private static final double GOOD_SHARE = 0.1;
    private static final int MAX_GOOD = 25;
    /** So many of the latest trials have full weight. */
    private static final int RECENT = 25;

    /** How many of so many trials are good. */
    static int goodCount(int trials) {
        return Math.min((int) Math.ceil(GOOD_SHARE * trials), MAX_GOOD);
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
     * Divides by one objective. Finished trials are better than pruned and paused ones, these better the later they were
     * stopped, then come diverged ones. Running trials are not good, so that parallel workers keep apart.
     */
    static TrialSplit of(List<Observation> observations, Direction direction) {
        Comparator<Observation> byRank =
                Comparator.comparingInt(TrialSplit::rank).thenComparingDouble(o -> loss(o, direction));
        int known = (int) observations.stream().filter(Observation::isKnown).count();
        List<Observation> ranked = observations.stream().sorted(byRank).toList();
        Set<Observation> good = identities(ranked.subList(0, goodCount(known)));
        List<Observation> goodInOrder =
                observations.stream().filter(good::contains).toList();
        return new TrialSplit(goodInOrder, weights(goodInOrder.size()), without(observations, good));
    }

    /** Divides by two objectives, of the trials that finished or diverged (Ozaki et al. 2022, multi-objective TPE). */
    static TrialSplit of(List<Observation> observations, List<Direction> directions) {
        List<Observation> finished = new ArrayList<>();
        List<double[]> losses = new ArrayList<>();
        List<Observation> evaluated = new ArrayList<>();
        for (Observation observation : observations) {
            if (observation.state() == TrialState.DONE) {
                finished.add(observation);
                losses.add(new double[] {
                    directions.get(0).loss(observation.objectives().get(0)),
                    directions.get(1).loss(observation.objectives().get(1))
                });
                evaluated.add(observation);
            } else if (observation.state() == TrialState.DIVERGED) {
                evaluated.add(observation);
            }
        }
        int count = Math.min(goodCount(evaluated.size()), finished.size());
        List<Integer> chosen =
                HypervolumeSelection.best(losses, count).stream().sorted().toList();
        List<Observation> good = chosen.stream().map(finished::get).toList();
        List<Double> weights = HypervolumeSelection.contributions(
                chosen.stream().map(losses::get).toList());
        return new TrialSplit(good, weights, without(evaluated, identities(good)));
    }

    /** Without the hash codes of observations, which are those of all their epochs. */
    private static Set<Observation> identities(List<Observation> some) {
        Set<Observation> set = Collections.newSetFromMap(new IdentityHashMap<>());
        set.addAll(some);
        return set;
    }

    private static List<Observation> without(List<Observation> all, Set<Observation> some) {
        return all.stream().filter(o -> !some.contains(o)).toList();
    }

    /** Lower is better. */
    private static int rank(Observation observation) {
        return switch (observation.state()) {
            case DONE -> Integer.MIN_VALUE;
            case PRUNED, PAUSED -> -observation.epochs();
            case DIVERGED -> 1;
            case WAITING, RUNNING, FAILED -> Integer.MAX_VALUE;
        };
    }

    private static double loss(Observation observation, Direction direction) {
        return switch (observation.state()) {
            case DONE -> direction.loss(observation.objectives().get(0));
            case PRUNED, PAUSED ->
                direction.loss(observation.curve().lastEntry().getValue());
            case DIVERGED, WAITING, RUNNING, FAILED -> Double.POSITIVE_INFINITY;
        };
    }
}
