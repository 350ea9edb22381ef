package io.residual.tuning.search;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.apache.commons.rng.UniformRandomProvider;

/**
 * The multivariate tree-structured Parzen estimator: of candidates drawn from the density of the good trials, the one
 * that is likelier there, compared with the rest, than all others (Bergstra et al. 2011, section 4; Falkner et al. 2018, section 3.2).
 * Its numbers are those of Optuna's {@code TPESampler(multivariate=True, group=True)} of version 3.1.
 *
 * <p>It differs in three things. A candidate that was tried already is passed over, since a trial gives the same value
 * again. Diverged trials are the worst; Optuna forgets them. Running trials count among the rest, as with
 * Optuna's {@code constant_liar}.
 */
public final class TpeSearcher implements Searcher {
    /** Trials that are random, before anything is estimated. */
    public static final int STARTUP_TRIALS = 10;

    private static final int CANDIDATES = 24;
    /** Rounds of candidates in which all were tried already, after which the proposal is random. */
    private static final int ROUNDS = 4;

    private final SearchSpace space;
    private final List<Direction> directions;
    private final long seed;

    /**
     * A searcher for one objective, or two.
     *
     * @param directions one for each objective
     */
    public TpeSearcher(SearchSpace space, List<Direction> directions, long seed) {
        if (directions.isEmpty() || directions.size() > 2) {
            throw new IllegalArgumentException("TPE searches for one objective or two, got " + directions.size());
        }
        this.space = space;
        this.directions = List.copyOf(directions);
        this.seed = seed;
    }

    @Override
    public Assignment propose(long trial, List<Observation> history) {
        UniformRandomProvider random = TrialRandom.of(seed, trial);
        List<Observation> ordered = history.stream()
                .sorted(Comparator.comparingLong(Observation::trial))
                .toList();
        TrialSplit split =
                directions.size() == 1 ? TrialSplit.of(ordered, directions.get(0)) : TrialSplit.of(ordered, directions);
        long known = ordered.stream().filter(Observation::isKnown).count();
        if (known < STARTUP_TRIALS || split.good().isEmpty()) {
            return untriedAtRandom(history, random);
        }
        List<Estimate> estimates =
                ParameterGroups.of(
                                space,
                                ordered.stream()
                                        .filter(Observation::isKnown)
                                        .map(Observation::assignment)
                                        .toList())
                        .stream()
                        .map(group -> Estimate.of(group, split))
                        .toList();
        for (int round = 0; round < ROUNDS; round++) {
            for (Assignment candidate : candidates(estimates, random)) {
                if (space.allows(candidate) && !isTried(candidate, history)) {
                    return candidate;
                }
            }
        }
        return untriedAtRandom(history, random);
    }

    /** Quicker than to compute the hash codes of a long history. */
    private static boolean isTried(Assignment candidate, List<Observation> history) {
        return history.stream().anyMatch(o -> o.assignment().equals(candidate));
    }

    private Assignment untriedAtRandom(List<Observation> history, UniformRandomProvider random) {
        return space.firstUntried(
                () -> space.assign(parameter -> parameter.dimension().at(random.nextDouble())),
                Observation.assignments(history));
    }

    /** The best first: the best of every group together, then the second best, and so on. */
    private List<Assignment> candidates(List<Estimate> estimates, UniformRandomProvider random) {
        List<Map<String, Object>> joined = new ArrayList<>();
        IntStream.range(0, CANDIDATES).forEach(i -> joined.add(new HashMap<>()));
        for (Estimate estimate : estimates) {
            List<Map<String, Object>> ranked = estimate.ranked(random);
            for (int i = 0; i < CANDIDATES; i++) {
                joined.get(i).putAll(ranked.get(i));
            }
        }
        return joined.stream()
                .map(values -> space.assign(p ->
                        values.computeIfAbsent(p.name(), only -> p.dimension().at(0.5))))
                .toList();
    }

    /** The densities of a group's parameters among the good trials and among the rest. */
    private record Estimate(ParzenEstimator good, ParzenEstimator rest) {
        static Estimate of(List<Parameter> group, TrialSplit split) {
            return new Estimate(estimator(group, split.good(), split.goodWeights()), rest(group, split.rest()));
        }

        private static ParzenEstimator estimator(List<Parameter> group, List<Observation> all, List<Double> weights) {
            int[] having = IntStream.range(0, all.size())
                    .filter(i -> has(all.get(i), group))
                    .toArray();
            return new ParzenEstimator(
                    group,
                    IntStream.of(having).mapToObj(i -> all.get(i).assignment()).toList(),
                    IntStream.of(having).mapToObj(weights::get).toList());
        }

        private static ParzenEstimator rest(List<Parameter> group, List<Observation> all) {
            List<Assignment> having = all.stream()
                    .filter(o -> has(o, group))
                    .map(Observation::assignment)
                    .toList();
            return new ParzenEstimator(group, having, TrialSplit.weights(having.size()));
        }

        private static boolean has(Observation observation, List<Parameter> group) {
            return observation.assignment().has(group.get(0).name());
        }

        /** Candidates of these parameters, the best first. */
        List<Map<String, Object>> ranked(UniformRandomProvider random) {
            record Scored(Map<String, Object> values, double score) {}
            return good.sample(CANDIDATES, random).stream()
                    .map(values -> new Scored(values, good.logDensity(values) - rest.logDensity(values)))
                    .sorted(Comparator.comparingDouble(Scored::score).reversed())
                    .map(Scored::values)
                    .toList();
        }
    }
}
