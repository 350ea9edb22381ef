package io.residual.tuning.run;

import io.residual.tuning.store.Trial;

/** Is told what becomes of trials, one at a time. */
@FunctionalInterface
public interface SweepWatcher {
    /** A trial has begun, goes on, waits or is over. */
    void changed(Trial trial);
}
