package io.residual.tuning.arbiter;

import io.residual.tuning.search.Assignment;
import io.residual.tuning.search.Outcome;

/** Runs trials, such as on a pool of worker processes. Called by as many threads as there are workers. */
@FunctionalInterface
public interface TrialRunner {
    /**
     * Runs a trial up to its end, and may be interrupted when the sweep's time is over.
     *
     * @param trial its number
     * @throws Exception if the sweep cannot go on; that a trial fails is an outcome
     */
    Outcome run(long trial, Assignment assignment) throws Exception;
}
