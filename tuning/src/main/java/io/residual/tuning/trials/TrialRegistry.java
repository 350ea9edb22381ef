package io.residual.tuning.trials;

import io.residual.training.loop.EpochMetrics;
import io.residual.tuning.search.Observation;
import io.residual.tuning.search.Pruner;
import io.residual.tuning.search.TrialState;
import io.residual.tuning.sweep.Objective;
import io.residual.tuning.sweep.Sweep;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * The trials of a sweep, in memory and, before that, in the database. Pruners see a trial's mean over all its seeds, up to
 * the last epoch that all of them have had.
 */
final class TrialRegistry {
    private final SweepDatabase database;
    private final List<Objective> objectives;
    private final int seeds;
    private final SortedMap<Long, Trial> trials = new TreeMap<>();
    private final SortedSet<Long> waiting = new TreeSet<>();
    /** Of the trials that have not failed, by number; made when a trial changes, as decisions on thousands need all of them. */
    private final List<Observation> observations = new ArrayList<>();

    private SweepProgress progress = SweepProgress.NONE;
    private Pruner pruner = Pruner.none();

    TrialRegistry(SweepDatabase database, Sweep sweep) {
        this.database = database;
        this.objectives = sweep.objectives();
        this.seeds = sweep.seeds();
        database.trials(sweep).forEach(this::put);
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
        put(trial);
    }

    synchronized void update(Trial changed) {
        database.updateState(changed);
        put(changed);
    }

    private synchronized void put(Trial changed) {
        Trial before = trials.put(changed.number(), changed);
        progress = progress.with(before, changed, objectives.get(0));
        if (changed.state() == TrialState.WAITING) {
            waiting.add(changed.number());
        } else {
            waiting.remove(changed.number());
        }
        observe(changed);
    }

    /** Brings the history up to date, and what the pruner knows of it. */
    private void observe(Trial changed) {
        // Numbers are those of the places, but for trials that failed.
        int place = (int) Math.min(changed.number(), observations.size());
        while (place > 0 && observations.get(place - 1).trial() >= changed.number()) {
            place--;
        }
        boolean known = place < observations.size() && observations.get(place).trial() == changed.number();
        if (changed.state() == TrialState.FAILED) {
            if (known) {
                observations.remove(place);
            }
            pruner.forget(changed.number());
            return;
        }
        Observation observation = observation(changed);
        if (known) {
            observations.set(place, observation);
        } else {
            observations.add(place, observation);
        }
        pruner.observe(observation);
    }

    /** Stores an epoch together with the state that the trial has after it. */
    synchronized void addEpoch(Trial after, int seed, EpochMetrics epoch) {
        database.addEpoch(after, seed, epoch);
        put(after);
    }

    /** Stores a fresh run, and returns its trial. */
    synchronized Trial putFresh(long number, int seed, FreshRun run) {
        database.putFresh(number, seed, run);
        Trial confirmed = trial(number).withFresh(seed, run);
        put(confirmed);
        return confirmed;
    }

    /** The first of the trials that wait. */
    synchronized Optional<Trial> firstWaiting() {
        return waiting.isEmpty() ? Optional.empty() : Optional.of(trial(waiting.first()));
    }

    /** Epochs of all trials together. */
    synchronized long trainedEpochs() {
        return progress.trainedEpochs();
    }

    /** The trials as searchers see them; those that failed are not among them. */
    synchronized List<Observation> history() {
        return List.copyOf(observations);
    }

    /** How far the sweep is. */
    synchronized SweepProgress progress() {
        return progress;
    }

    /** Lets a pruner observe all trials, now and whenever one changes, in place of the pruner before it. */
    synchronized void letObserve(Pruner next) {
        pruner = next;
        observations.forEach(pruner::observe);
    }

    /** A trial as searchers and pruners see it. */
    Observation observation(Trial trial) {
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
