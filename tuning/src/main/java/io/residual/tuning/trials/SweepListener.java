package io.residual.tuning.trials;

/** Gets the events of a sweep, one at a time. */
@FunctionalInterface
public interface SweepListener {
    /**
     * The state of a trial has changed.
     *
     * @param progress of all trials, after the change
     */
    void trialChanged(Trial trial, SweepProgress progress);

    /** The first epoch of this start of the search has shown what the sweep may take. */
    default void forecast(SweepForecast forecast) {}

    /**
     * A fresh run of a trial is over.
     *
     * @param seed counted from 0
     */
    default void freshRun(Trial trial, int seed) {}
}
