package io.residual.tuning.worker;

/** Trains runs of trials. Threads may share one. */
@FunctionalInterface
public interface RunTrainer {
    /**
     * Trains a run until it has its epochs, is told to stop, or fails.
     *
     * @throws InterruptedException if the thread is interrupted; the run was asked to save, and has ended
     * @throws io.residual.training.CommandException of status RUN if nothing can be started
     */
    End train(Job job, Verdict.OfEpoch listener) throws InterruptedException;
}
