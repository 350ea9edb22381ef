package io.residual.tuning.trials;

import io.residual.training.loop.EpochMetrics;
import io.residual.tuning.search.Observation;
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

    private long trainedEpochs;

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
        trainedEpochs += changed.trainedEpochs() - (before == null ? 0 : before.trainedEpochs());
        if (changed.state() == TrialState.WAITING) {
            waiting.add(changed.number());
        } else {
            waiting.remove(changed.number());
        }
        observe(observations, changed);
    }

    /** Brings a trial of a history up to date. */
    private void observe(List<Observation> history, Trial changed) {
        // Numbers are those of the places, but for trials that failed.
        int place = (int) Math.min(changed.number(), history.size());
        while (place > 0 && history.get(place - 1).trial() >= changed.number()) {
            place--;
        }
        boolean known = place < history.size() && history.get(place).trial() == changed.number();
        if (changed.state() == TrialState.FAILED) {
            if (known) {
                history.remove(place);
            }
        } else if (known) {
            history.set(place, observation(changed));
        } else {
            history.add(place, observation(changed));
        }
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
        return trainedEpochs;
    }

    /** The trials as searchers and pruners see them; those that failed are not among them. */
    synchronized List<Observation> history() {
        return List.copyOf(observations);
    }

    /** The same with one trial as it is now, before it is stored. */
    synchronized List<Observation> historyWith(Trial changed) {
        List<Observation> history = new ArrayList<>(observations);
        observe(history, changed);
        return history;
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
