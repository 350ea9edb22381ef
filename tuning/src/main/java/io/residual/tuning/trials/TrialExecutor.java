package io.residual.tuning.trials;

/** Trains runs of trials. Threads may share one. */
@FunctionalInterface
public interface TrialExecutor {
    /**
     * Trains a run until it has its epochs, is told to stop, or fails.
     *
     * @throws InterruptedException if the thread is interrupted; the run was asked to save, and has ended
     * @throws io.residual.core.ResidualException of kind BAD_RUN if nothing can be started
     */
    TrialResult train(TrialJob job, EpochDecision.OfEpoch listener) throws InterruptedException;
}
