package io.residual.tuning.confirm;

import io.residual.training.run.MeanInterval;
import io.residual.tuning.search.Direction;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * The best trials of a search, trained again with fresh seeds: the value for which a trial was chosen among many is partly
 * luck, that of fresh seeds is not. All candidates have the same seeds, so that they are compared in pairs.
 *
 * <p>Seed by seed, a candidate is stopped as soon as Wilcoxon's signed-rank test finds it worse than the leading one
 * ({@code p < 0.1}, one-sided, as Optuna's {@code WilcoxonPruner} with its defaults does), and all is over when one is left.
 * Four seeds are the fewest with which the test can find that.
 *
 * @param seeds fresh runs of each candidate, at least 2
 * @param candidates the best by the search first
 */
public record Confirmation(Direction direction, int seeds, List<Candidate> candidates) {
    /** Below this p-value a candidate is stopped. */
    public static final double P_THRESHOLD = 0.1;

    /** The smallest p-value of so many pairs is a half to their power. */
    private static final int MIN_PAIRS = 4;

    public Confirmation {
        candidates = List.copyOf(candidates);
        if (seeds < 2 || candidates.isEmpty()) {
            throw new IllegalArgumentException("a confirmation needs a candidate and at least 2 seeds");
        }
    }

    /**
     * A fresh run.
     *
     * @param seed counted from 0
     */
    public record Run(long trial, int seed) {}

    /**
     * Where the confirmation stands.
     *
     * @param left candidates that can still be the best
     * @param stopped p-values of those that were stopped, by trial
     * @param missing runs that can be trained now, in this order; empty if the confirmation is over
     */
    public record Progress(List<Candidate> left, Map<Long, Double> stopped, List<Run> missing) {
        public Progress {
            left = List.copyOf(left);
            stopped = Map.copyOf(stopped);
            missing = List.copyOf(missing);
        }
    }

    /** Follows from the values alone, in whichever order they came. */
    public Progress progress() {
        List<Candidate> left = new ArrayList<>(
                candidates.stream().filter(candidate -> !candidate.hasFailed()).toList());
        Map<Long, Double> stopped = new LinkedHashMap<>();
        List<Run> missing = new ArrayList<>();
        for (int seed = 0; seed < seeds && !isDecided(left, seed); seed++) {
            for (Candidate candidate : left) {
                if (!candidate.values().containsKey(seed)) {
                    missing.add(new Run(candidate.trial(), seed));
                }
            }
            if (seed + 1 < MIN_PAIRS || left.size() < 2) {
                continue;
            }
            if (!missing.isEmpty()) {
                break;
            }
            stop(left, seed + 1, stopped);
        }
        return new Progress(left, stopped, missing);
    }

    private boolean isDecided(List<Candidate> left, int seedsDone) {
        return candidates.size() > 1 && left.size() <= 1 && seedsDone >= MIN_PAIRS;
    }

    private void stop(List<Candidate> left, int seedsDone, Map<Long, Double> stopped) {
        if (left.isEmpty()) {
            return;
        }
        double[][] losses = left.stream()
                .map(candidate -> candidate.values().headMap(seedsDone).values().stream()
                        .mapToDouble(direction::loss)
                        .toArray())
                .toArray(double[][]::new);
        double[] leading = Stream.of(losses)
                .min(Comparator.comparingDouble(Confirmation::sum))
                .orElseThrow();
        for (int i = losses.length - 1; i >= 0; i--) {
            double[] other = losses[i];
            double p = SignedRankTest.pLess(IntStream.range(0, seedsDone)
                    .mapToDouble(seed -> leading[seed] - other[seed])
                    .toArray());
            if (p < P_THRESHOLD && other != leading) {
                stopped.put(left.remove(i).trial(), p);
            }
        }
    }

    /** The winner; empty while runs are missing, or if no candidate has all its fresh runs. */
    public Optional<Winner> winner() {
        Progress progress = progress();
        if (!progress.missing().isEmpty()) {
            return Optional.empty();
        }
        return progress.left().stream().min(byLoss()).map(this::winner);
    }

    private Comparator<Candidate> byLoss() {
        return Comparator.comparingDouble(candidate -> direction.loss(candidate.mean()));
    }

    private Winner winner(Candidate best) {
        List<Candidate> valid =
                candidates.stream().filter(candidate -> !candidate.hasFailed()).toList();
        MeanInterval worth = new Worth(direction, valid).of(best);
        Optional<Second> second = valid.stream()
                .filter(other -> other.trial() != best.trial())
                .map(other -> new Second(other, advantage(best, other)))
                .min(Comparator.comparingDouble(other -> other.advantage().mean()));
        return new Winner(best, worth, direction.loss(worth.mean()) - direction.loss(best.found()), second);
    }

    /** By how much the first is better than the other, over the seeds that both have. */
    private MeanInterval advantage(Candidate first, Candidate other) {
        List<Double> differences = new ArrayList<>();
        first.values().forEach((seed, value) -> {
            Double its = other.values().get(seed);
            if (its != null) {
                differences.add(direction.loss(its) - direction.loss(value));
            }
        });
        return MeanInterval.of(differences).orElseThrow();
    }

    private static double sum(double[] losses) {
        return DoubleStream.of(losses).sum();
    }
}
