package io.residual.tuning.worker;

import io.residual.training.run.EpochMetrics;

/** Whether a run goes on after an epoch. */
public enum Verdict {
    GO_ON,
    /** It ends its step, saves, and gives up its worker. */
    STOP;

    /** Is told each epoch of a run once, in order. */
    @FunctionalInterface
    public interface OfEpoch {
        Verdict after(EpochMetrics epoch);
    }
}
