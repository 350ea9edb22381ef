package io.residual.tuning.search;

import java.util.OptionalLong;

/** Decides about trials by their values so far. Equal tables give equal decisions. */
public interface Pruner {
    /**
     * What becomes of a trial that has just had another epoch.
     *
     * @param trial its number
     * @param resource epochs that it had, from 1
     * @param table all trials; this one with its value after the epoch, and still running
     */
    PruningDecision after(long trial, int resource, LearningCurves table);

    /** The paused trial that a free worker should continue; empty if it should start a new one. */
    default OptionalLong promotable(LearningCurves table) {
        return OptionalLong.empty();
    }

    /** Prunes nothing. */
    static Pruner none() {
        return (trial, resource, table) -> new PruningDecision.Continue();
    }
}
