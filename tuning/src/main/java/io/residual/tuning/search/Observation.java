package io.residual.tuning.search;

import java.util.Collections;
import java.util.List;
import java.util.NavigableMap;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * A trial as searchers and pruners see it. Those that failed are never seen: nothing is known of their values.
 *
 * @param trial its number, from 0
 * @param curve the first objective by epoch, from 1: its mean over all seeds, up to the last epoch that all their runs
 *     have had
 * @param objectives of a trial that is done, one for each objective of the sweep, finite, means over the seeds; else empty
 */
public record Observation(
        long trial,
        Assignment assignment,
        TrialState state,
        NavigableMap<Integer, Double> curve,
        List<Double> objectives) {
    public Observation {
        curve = Collections.unmodifiableNavigableMap(new TreeMap<>(curve));
        objectives = List.copyOf(objectives);
        if (!(trial >= 0)) {
            throw new IllegalArgumentException("trials are counted from 0, got " + trial);
        }
        if (!curve.isEmpty() && !(curve.firstKey() >= 1)) {
            throw new IllegalArgumentException("epochs are counted from 1, got " + curve.firstKey());
        }
        if ((state == TrialState.DONE) == objectives.isEmpty()
                || !objectives.stream().allMatch(Double::isFinite)) {
            throw new IllegalArgumentException("a trial has a finite value of each objective once it is done, not "
                    + objectives + " when " + state);
        }
        if ((state == TrialState.PRUNED || state == TrialState.PAUSED) && curve.isEmpty()) {
            throw new IllegalArgumentException("a pruned trial had at least 1 epoch");
        }
    }

    /** A trial that had all its epochs. */
    public static Observation done(long trial, Assignment assignment, List<Double> objectives) {
        return new Observation(trial, assignment, TrialState.DONE, new TreeMap<>(), objectives);
    }

    /** A trial that is not done. */
    public static Observation of(
            long trial, Assignment assignment, TrialState state, SortedMap<Integer, Double> curve) {
        return new Observation(trial, assignment, state, new TreeMap<>(curve), List.of());
    }

    /** Whether something is known of the trial's values. */
    boolean isKnown() {
        return state != TrialState.WAITING && state != TrialState.RUNNING;
    }

    /** Epochs that the trial had. */
    int epochs() {
        return curve.isEmpty() ? 0 : curve.lastKey();
    }

    /** Whether some trial has an assignment. Quicker than a set of all, for which each proposal would compute their hash codes. */
    public static boolean isTried(Assignment assignment, List<Observation> history) {
        return history.stream().anyMatch(trial -> trial.assignment().equals(assignment));
    }
}
