package io.residual.tuning.trials;

import io.residual.training.loop.EpochMetrics;

/** Whether a run goes on after an epoch. */
public enum EpochDecision {
    GO_ON,
    /** It ends its step, saves, and gives up its worker. */
    STOP;

    /** Is told each epoch of a run once, in order. */
    @FunctionalInterface
    public interface OfEpoch {
        EpochDecision after(EpochMetrics epoch);
    }
}
