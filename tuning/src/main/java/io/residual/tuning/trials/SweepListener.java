package io.residual.tuning.trials;

/** Gets the events of a sweep, one at a time. */
@FunctionalInterface
public interface SweepListener {
    /** The state of a trial has changed. */
    void trialChanged(Trial trial);

    /**
     * A fresh run of a trial is over.
     *
     * @param seed counted from 0
     */
    default void freshRun(Trial trial, int seed) {}
}
