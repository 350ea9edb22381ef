package io.residual.tuning.trials;

import io.residual.training.loop.EpochMetrics;
import io.residual.tuning.search.Assignment;
import io.residual.tuning.search.TrialState;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.OptionalDouble;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;

/**
 * One trial as the database has it.
 *
 * @param number counted from 0, in the order of the proposals
 * @param assignment the values that the searcher proposed
 * @param reason why it is in its state; empty if the state says all
 * @param attempts workers that were lost on it, at least 0
 * @param runs the epochs of each seed's run so far, in the order of the seeds; a run without epochs may be missing at the
 *     end
 * @param fresh the runs that confirm it, by seed, counted from 0 after those of the search
 */
public record Trial(
        long number,
        Assignment assignment,
        TrialState state,
        String reason,
        int attempts,
        List<List<EpochMetrics>> runs,
        SortedMap<Integer, FreshRun> fresh) {
    public Trial {
        if (number < 0) {
            throw new IllegalArgumentException("trials are counted from 0, got " + number);
        }
        if (attempts < 0) {
            throw new IllegalArgumentException("attempts must be at least 0, got " + attempts);
        }
        runs = runs.stream().map(List::copyOf).toList();
        fresh = Collections.unmodifiableSortedMap(new TreeMap<>(fresh));
    }

    /** A trial that has not started. */
    public static Trial proposed(long number, Assignment assignment) {
        return new Trial(number, assignment, TrialState.WAITING, "", 0, List.of(), new TreeMap<>());
    }

    public Trial withState(TrialState next, String why) {
        return new Trial(number, assignment, next, why, attempts, runs, fresh);
    }

    /** The same trial after one more worker was lost on it. */
    public Trial withLostWorker(TrialState next, String why) {
        return new Trial(number, assignment, next, why, attempts + 1, runs, fresh);
    }

    /** The same trial after one more epoch of a seed's run, counted from 0. */
    public Trial withEpoch(int seed, EpochMetrics epoch) {
        List<List<EpochMetrics>> longer = new ArrayList<>(runs);
        while (longer.size() <= seed) {
            longer.add(List.of());
        }
        List<EpochMetrics> run = new ArrayList<>(longer.get(seed));
        run.add(epoch);
        longer.set(seed, run);
        return withRuns(longer);
    }

    Trial withRuns(List<List<EpochMetrics>> epochs) {
        return new Trial(number, assignment, state, reason, attempts, epochs, fresh);
    }

    Trial withFresh(int seed, FreshRun run) {
        SortedMap<Integer, FreshRun> more = new TreeMap<>(fresh);
        more.put(seed, run);
        return new Trial(number, assignment, state, reason, attempts, runs, more);
    }

    /** Epochs of a seed's run, counted from 0; none if it has not started. */
    public List<EpochMetrics> run(int seed) {
        return seed < runs.size() ? runs.get(seed) : List.of();
    }

    /** The last epoch that some seed's run has reached; 0 before the first. */
    public int epochs() {
        return runs.stream().mapToInt(List::size).max().orElse(0);
    }

    /** The last epoch that the runs of so many seeds have all reached; 0 before that. */
    int commonEpochs(int seeds) {
        return IntStream.range(0, seeds).map(seed -> run(seed).size()).min().orElse(0);
    }

    /** Epochs of all seeds' runs together: what the trial has cost. */
    public int trainedEpochs() {
        return runs.stream().mapToInt(List::size).sum();
    }

    /** Mean of a metric at an epoch, counted from 1, over the seeds whose runs have reached it. */
    public OptionalDouble mean(int epoch, ToDoubleFunction<EpochMetrics> metric) {
        return runs.stream()
                .filter(run -> run.size() >= epoch)
                .mapToDouble(run -> metric.applyAsDouble(run.get(epoch - 1)))
                .average();
    }

    /** Mean of a metric over the last epochs of the seeds' runs; empty before the first. */
    public OptionalDouble latest(ToDoubleFunction<EpochMetrics> metric) {
        return runs.stream()
                .filter(run -> !run.isEmpty())
                .mapToDouble(run -> metric.applyAsDouble(run.get(run.size() - 1)))
                .average();
    }
}
