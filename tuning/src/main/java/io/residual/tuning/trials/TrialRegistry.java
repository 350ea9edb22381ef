package io.residual.tuning.trials;

import io.residual.training.loop.EpochMetrics;
import io.residual.tuning.search.LearningCurves;
import io.residual.tuning.search.Observation;
import io.residual.tuning.search.Outcome;
import io.residual.tuning.search.TrialState;
import io.residual.tuning.sweep.Objective;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Predicate;

/**
 * The trials of a sweep, in memory and, before that, in the store. Pruners see the runs of the first seed: the others are
 * trained only where it was not stopped.
 */
final class TrialRegistry {
    private final SweepDatabase store;
    private final List<Objective> objectives;
    private final SortedMap<Long, Trial> trials = new TreeMap<>();

    TrialRegistry(SweepDatabase store, List<Objective> objectives) {
        this.store = store;
        this.objectives = objectives;
        store.trials().forEach(trial -> trials.put(trial.number(), trial));
    }

    synchronized List<Trial> trials() {
        return List.copyOf(trials.values());
    }

    synchronized Trial trial(long number) {
        Trial trial = trials.get(number);
        if (trial == null) {
            throw new IllegalArgumentException("there is no trial " + number);
        }
        return trial;
    }

    synchronized void add(Trial trial) {
        store.add(trial);
        trials.put(trial.number(), trial);
    }

    synchronized Trial keep(Trial changed) {
        store.keepState(changed);
        trials.put(changed.number(), changed);
        return changed;
    }

    /** Keeps an epoch together with the state that the trial has after it. */
    synchronized void addEpoch(Trial after, int seed, EpochMetrics epoch) {
        store.addEpoch(after, seed, epoch);
        trials.put(after.number(), after);
    }

    synchronized Optional<Trial> first(Predicate<Trial> which) {
        return trials.values().stream().filter(which).findFirst();
    }

    /** Epochs of all trials together. */
    synchronized long trainedEpochs() {
        return trials.values().stream().mapToLong(Trial::trainedEpochs).sum();
    }

    /** The trials as searchers see them. One that failed says nothing about its values, and is left out. */
    synchronized List<Observation> history() {
        List<Observation> history = new ArrayList<>();
        trials.values()
                .forEach(trial -> outcome(trial)
                        .ifPresent(
                                outcome -> history.add(new Observation(trial.number(), trial.assignment(), outcome))));
        return history;
    }

    /** Every trial, those that failed as running: whoever counts trials must not miss one. */
    synchronized List<Observation> everyTrial() {
        return trials.values().stream()
                .map(trial -> new Observation(trial.number(), trial.assignment(), outcome(trial.number())))
                .toList();
    }

    /** What is known of a trial. */
    synchronized Outcome outcome(long number) {
        return outcome(trial(number)).orElse(new Outcome.Running());
    }

    private Optional<Outcome> outcome(Trial trial) {
        return switch (trial.state()) {
            case WAITING, RUNNING -> Optional.of(new Outcome.Running());
            case PAUSED, PRUNED -> {
                List<EpochMetrics> run = trial.run(0);
                yield Optional.of(
                        new Outcome.Pruned(run.size(), objectives.get(0).of(run.get(run.size() - 1))));
            }
            case DONE ->
                Optional.of(new Outcome.Finished(objectives.stream()
                        .map(objective -> trial.latest(objective::of).orElseThrow())
                        .toList()));
            case DIVERGED -> Optional.of(new Outcome.Diverged());
            case FAILED -> Optional.empty();
        };
    }

    /** The trials as pruners see them. */
    synchronized LearningCurves values() {
        SortedMap<Long, LearningCurves.Row> rows = new TreeMap<>();
        trials.values().forEach(trial -> row(trial).ifPresent(row -> rows.put(trial.number(), row)));
        return new LearningCurves(rows);
    }

    /** The row of one trial, which has none if it failed. */
    Optional<LearningCurves.Row> row(Trial trial) {
        NavigableMap<Integer, Double> values = new TreeMap<>();
        trial.run(0)
                .forEach(epoch -> values.put(epoch.epoch(), objectives.get(0).of(epoch)));
        return state(trial.state()).map(state -> new LearningCurves.Row(state, values));
    }

    private static Optional<LearningCurves.State> state(TrialState state) {
        return switch (state) {
            case WAITING, RUNNING -> Optional.of(LearningCurves.State.RUNNING);
            case PAUSED -> Optional.of(LearningCurves.State.PAUSED);
            case PRUNED -> Optional.of(LearningCurves.State.PRUNED);
            case DONE -> Optional.of(LearningCurves.State.FINISHED);
            case DIVERGED -> Optional.of(LearningCurves.State.DIVERGED);
            case FAILED -> Optional.empty();
        };
    }
}
