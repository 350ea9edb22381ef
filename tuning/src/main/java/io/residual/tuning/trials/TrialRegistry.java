package io.residual.tuning.trials;

import io.residual.training.loop.EpochMetrics;
import io.residual.tuning.search.Observation;
import io.residual.tuning.search.TrialState;
import io.residual.tuning.sweep.Objective;
import io.residual.tuning.sweep.Sweep;
import java.util.List;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Predicate;

/**
 * The trials of a sweep, in memory and, before that, in the database. Pruners see a trial's mean over all its seeds, up to
 * the last epoch that all of them have had.
 */
final class TrialRegistry {
    private final SweepDatabase database;
    private final List<Objective> objectives;
    private final int seeds;
    private final SortedMap<Long, Trial> trials = new TreeMap<>();

    TrialRegistry(SweepDatabase database, Sweep sweep) {
        this.database = database;
        this.objectives = sweep.objectives();
        this.seeds = sweep.seeds();
        database.trials(sweep).forEach(trial -> trials.put(trial.number(), trial));
    }

    synchronized List<Trial> trials() {
        return List.copyOf(trials.values());
    }

    /** Runs of each trial. */
    int seeds() {
        return seeds;
    }

    synchronized int size() {
        return trials.size();
    }

    synchronized Trial trial(long number) {
        Trial trial = trials.get(number);
        if (trial == null) {
            throw new IllegalArgumentException("there is no trial " + number);
        }
        return trial;
    }

    synchronized void add(Trial trial) {
        database.add(trial);
        trials.put(trial.number(), trial);
    }

    synchronized void update(Trial changed) {
        database.updateState(changed);
        trials.put(changed.number(), changed);
    }

    /** Stores an epoch together with the state that the trial has after it. */
    synchronized void addEpoch(Trial after, int seed, EpochMetrics epoch) {
        database.addEpoch(after, seed, epoch);
        trials.put(after.number(), after);
    }

    /** Stores a fresh run, and returns its trial. */
    synchronized Trial putFresh(long number, int seed, FreshRun run) {
        database.putFresh(number, seed, run);
        Trial confirmed = trial(number).withFresh(seed, run);
        trials.put(number, confirmed);
        return confirmed;
    }

    synchronized Optional<Trial> first(Predicate<Trial> which) {
        return trials.values().stream().filter(which).findFirst();
    }

    /** Epochs of all trials together. */
    synchronized long trainedEpochs() {
        return trials.values().stream().mapToLong(Trial::trainedEpochs).sum();
    }

    /** The trials as searchers and pruners see them; those that failed are not among them. */
    synchronized List<Observation> history() {
        return trials.values().stream()
                .filter(trial -> trial.state() != TrialState.FAILED)
                .map(this::observation)
                .toList();
    }

    /** The same with one trial as it is now, before it is stored. */
    List<Observation> historyWith(Trial changed) {
        return history().stream()
                .map(o -> o.trial() == changed.number() ? observation(changed) : o)
                .toList();
    }

    private Observation observation(Trial trial) {
        NavigableMap<Integer, Double> curve = new TreeMap<>();
        for (int epoch = 1; epoch <= trial.commonEpochs(seeds); epoch++) {
            curve.put(epoch, trial.mean(epoch, objectives.get(0)::of).orElseThrow());
        }
        List<Double> values = trial.state() == TrialState.DONE
                ? objectives.stream()
                        .map(objective -> trial.latest(objective::of).orElseThrow())
                        .toList()
                : List.of();
        return new Observation(trial.number(), trial.assignment(), trial.state(), curve, values);
    }
}
