package io.residual.tuning.trials;

/** What ended a start of a sweep. */
public enum StopReason {
    /** The budget of trials or epochs is spent, or the space has been searched. */
    COMPLETE,
    /** The budget of time is spent. */
    TIME_UP
}
