package io.residual.tuning.trials;

import io.residual.training.loop.EpochMetrics;
import io.residual.training.run.RunDirectory;
import io.residual.tuning.search.TrialState;
import java.nio.file.Path;
import java.util.OptionalLong;

/** Trains runs of trials. Threads may share one. */
@FunctionalInterface
public interface TrialExecutor {
    /**
     * Trains a run until it has its epochs, is stopped by the listener, or fails.
     *
     * @throws InterruptedException if the thread is interrupted; the run was asked to save, and has ended
     * @throws io.residual.core.ResidualException of kind BAD_RUN if nothing can be started
     */
    TrialResult train(Job job, EpochListener listener) throws InterruptedException;

    /** The most memory in bytes that one of the processes that train now has had; empty if it is not known. */
    default OptionalLong peakBytes() {
        return OptionalLong.empty();
    }

    /**
     * Deletes what only resuming a run would need, as nothing is added to it any more: it has its place in the sweep's directory
     * from now on. What cannot be deleted stays: it is no reason to end a sweep.
     *
     * @param run its directory; repeating it is harmless
     * @throws io.residual.core.ResidualException of kind BAD_RUN if results that are elsewhere cannot be brought there
     */
    default void release(Path run) {
        RunDirectory.deleteCheckpoints(run);
    }

    /** Gets each epoch of a run once, in order. */
    @FunctionalInterface
    interface EpochListener {
        /** The trial's state after the epoch, or WAITING if the run waits for others; unless RUNNING, the run saves and ends. */
        TrialState after(EpochMetrics epoch);
    }

    /**
     * One seed's run of a trial, to start or to resume.
     *
     * @param specFile the trial's spec
     * @param seed in place of the spec's
     * @param run the run's directory; it is created if it does not exist
     * @param log the worker's output is appended to this file
     * @param epochs that the run has when it is over
     * @param known epochs that the sweep has seen already: the listener does not get them again
     */
    record Job(Path specFile, long seed, Path run, Path log, int epochs, int known) {}
}
