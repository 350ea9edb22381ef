package io.residual.tuning.search;

import java.util.Arrays;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * The trials in two parts: the good ones, which are few, and the rest.
 *
 * @param good places in the list of trials, rising
 * @param goodWeights one for each good trial
 * @param rest places in the list of trials, rising
 */
@SuppressWarnings("ArrayRecordComponent") // within this package, and never compared
record TrialSplit(int[] good, double[] goodWeights, int[] rest) {
    private static final double GOOD_SHARE = 0.1;
    private static final int MAX_GOOD = 25;
    /** So many of the latest trials have full weight. */
    private static final int RECENT = 25;

    /** How many of so many trials are good. */
    static int goodCount(int trials) {
        return Math.min((int) Math.ceil(GOOD_SHARE * trials), MAX_GOOD);
    }

    /** Weights of trials in their order: a ramp from 1/n up to 1, then 1 for the {@value #RECENT} latest. */
    static double[] weights(int trials) {
        double[] weights = new double[trials];
        Arrays.fill(weights, 1);
        int ramp = trials - RECENT;
        for (int i = 0; i < ramp; i++) {
            double first = 1.0 / trials;
            weights[i] = ramp == 1 ? first : first + (1 - first) * i / (ramp - 1);
        }
        return weights;
    }

    /**
     * Divides by one objective. Finished trials are better than pruned and paused ones, these better the later they were
     * stopped, then come diverged ones. Running trials are not good, so that parallel workers keep apart.
     *
     * @param trials in the order of their numbers
     */
    static TrialSplit of(List<Observation> trials, Direction direction) {
        int known = (int) trials.stream().filter(Observation::isKnown).count();
        int[] good = first(goodCount(known), trials, order(direction));
        int[] all = IntStream.range(0, trials.size()).toArray();
        return new TrialSplit(good, weights(good.length), without(all, good));
    }

    /** Divides by two objectives, of the trials that finished or diverged (Ozaki et al. 2022, multi-objective TPE). */
    static TrialSplit of(List<Observation> trials, List<Direction> directions) {
        int[] finished = places(trials, EnumSet.of(TrialState.DONE));
        int[] evaluated = places(trials, EnumSet.of(TrialState.DONE, TrialState.DIVERGED));
        List<double[]> losses = IntStream.of(finished)
                .mapToObj(i -> losses(trials.get(i).objectives(), directions))
                .toList();
        int count = Math.min(goodCount(evaluated.length), finished.length);
        int[] chosen = HypervolumeSelection.best(losses, count).stream()
                .mapToInt(i -> i)
                .sorted()
                .toArray();
        List<Double> weights = HypervolumeSelection.contributions(
                IntStream.of(chosen).mapToObj(losses::get).toList());
        int[] good = IntStream.of(chosen).map(i -> finished[i]).toArray();
        return new TrialSplit(good, weights.stream().mapToDouble(w -> w).toArray(), without(evaluated, good));
    }

    private static double[] losses(List<Double> objectives, List<Direction> directions) {
        return new double[] {
            directions.get(0).loss(objectives.get(0)), directions.get(1).loss(objectives.get(1))
        };
    }

    private static int[] places(List<Observation> trials, Set<TrialState> states) {
        return IntStream.range(0, trials.size())
                .filter(i -> states.contains(trials.get(i).state()))
                .toArray();
    }

    /** Both are rising. */
    private static int[] without(int[] all, int[] some) {
        return IntStream.of(all).filter(i -> Arrays.binarySearch(some, i) < 0).toArray();
    }

    /** The places, rising, of so many that are first in an order; to sort thousands for them takes longer. */
    private static int[] first(int count, List<Observation> trials, Comparator<Observation> order) {
        PriorityQueue<Integer> lastOfChosen = new PriorityQueue<>(Comparator.comparing(trials::get, order)
                .thenComparing(Comparator.naturalOrder())
                .reversed());
        for (int i = 0; i < trials.size(); i++) {
            if (lastOfChosen.size() == count) {
                if (count == 0 || order.compare(trials.get(i), trials.get(lastOfChosen.element())) >= 0) {
                    continue;
                }
                lastOfChosen.remove();
            }
            lastOfChosen.add(i);
        }
        return lastOfChosen.stream().mapToInt(i -> i).sorted().toArray();
    }

    /** The better first. */
    private static Comparator<Observation> order(Direction direction) {
        return Comparator.<Observation>comparingInt(o -> rank(o.state()))
                .thenComparingInt(o -> isStopped(o) ? -o.epochs() : 0)
                .thenComparingDouble(o -> loss(o, direction));
    }

    /** Lower is better. */
    private static int rank(TrialState state) {
        return switch (state) {
            case DONE -> 0;
            case PRUNED, PAUSED -> 1;
            case DIVERGED -> 2;
            case WAITING, RUNNING, FAILED -> 3;
        };
    }

    private static boolean isStopped(Observation observation) {
        return observation.state() == TrialState.PRUNED || observation.state() == TrialState.PAUSED;
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
