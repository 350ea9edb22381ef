package io.residual.tuning.trials;

/** Is told what becomes of trials, one at a time. */
@FunctionalInterface
public interface SweepListener {
    /** A trial has begun, goes on, waits or is over. */
    void changed(Trial trial);
}
