package io.residual.tuning.search;

import io.residual.tuning.search.TrialPlaces.Row;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;
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
    private final TrialPlaces places;

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
        this.places = new TrialPlaces(space);
    }

    @Override
    public Assignment propose(long trial, List<Observation> history) {
        UniformRandomProvider random = TrialRandom.of(seed, trial);
        List<Observation> ordered = history.stream()
                .sorted(Comparator.comparingLong(Observation::trial))
                .toList();
        List<Row> rows = places.of(ordered);
        TrialSplit split =
                directions.size() == 1 ? TrialSplit.of(ordered, directions.get(0)) : TrialSplit.of(ordered, directions);
        int[] known = IntStream.range(0, rows.size())
                .filter(i -> ordered.get(i).isKnown())
                .toArray();
        if (known.length >= STARTUP_TRIALS && split.good().length > 0) {
            Stream<BitSet> present =
                    IntStream.of(known).mapToObj(i -> rows.get(i).present());
            List<Estimate> estimates = ParameterGroups.of(space, present).stream()
                    .map(group -> estimate(group, rows, split))
                    .toList();
            for (int round = 0; round < ROUNDS; round++) {
                Optional<Assignment> best = bestUntried(estimates, rows, random);
                if (best.isPresent()) {
                    return best.get();
                }
            }
        }
        return space.firstUntried(
                () -> space.assign(parameter -> parameter.dimension().at(random.nextDouble())),
                assignment -> places.isTried(assignment, rows));
    }

    private Estimate estimate(int[] group, List<Row> rows, TrialSplit split) {
        int[] having = IntStream.range(0, split.good().length)
                .filter(i -> rows.get(split.good()[i]).hasAll(group))
                .toArray();
        List<Row> good =
                IntStream.of(having).mapToObj(i -> rows.get(split.good()[i])).toList();
        List<Row> rest = new ArrayList<>(split.rest().length);
        for (int place : split.rest()) {
            if (rows.get(place).hasAll(group)) {
                rest.add(rows.get(place));
            }
        }
        return new Estimate(
                estimator(
                        group,
                        good,
                        IntStream.of(having)
                                .mapToDouble(i -> split.goodWeights()[i])
                                .toArray()),
                estimator(group, rest, TrialSplit.weights(rest.size())));
    }

    private ParzenEstimator estimator(int[] group, List<Row> observed, double[] weights) {
        double[][] columns = new double[group.length][observed.size()];
        for (int i = 0; i < observed.size(); i++) {
            double[] places = observed.get(i).places();
            for (int k = 0; k < group.length; k++) {
                columns[k][i] = places[group[k]];
            }
        }
        return new ParzenEstimator(
                IntStream.of(group).mapToObj(space.parameters()::get).toList(), List.of(columns), weights);
    }

    /** The first that was not tried yet of the best of every group together, then of the second best, and so on. */
    private Optional<Assignment> bestUntried(List<Estimate> estimates, List<Row> tried, UniformRandomProvider random) {
        List<CandidateRanking> rankings = estimates.stream()
                .map(each -> new CandidateRanking(each.good().sample(CANDIDATES, random), each.good(), each.rest()))
                .toList();
        for (int i = 0; i < CANDIDATES; i++) {
            Map<String, Object> values = new HashMap<>();
            rankings.forEach(ranking -> values.putAll(ranking.next()));
            Assignment candidate = space.assign(
                    p -> values.computeIfAbsent(p.name(), only -> p.dimension().at(0.5)));
            if (space.allows(candidate) && !places.isTried(candidate, tried)) {
                return Optional.of(candidate);
            }
        }
        return Optional.empty();
    }

    /** The densities of a group's parameters among the good trials and among the rest. */
    private record Estimate(ParzenEstimator good, ParzenEstimator rest) {}
}
