package io.residual.tuning.trials;

/** What trains the trials of a sweep: processes on this machine, or a cluster. */
public interface TrialBackend extends AutoCloseable {
    /** Trials at a time, at least 1. */
    int workers();

    TrialExecutor executor();

    @Override
    void close();
}
