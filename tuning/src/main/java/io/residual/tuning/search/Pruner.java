package io.residual.tuning.search;

import java.util.OptionalLong;

/**
 * Stops trials by their values so far. It observes every trial and what changes about it, so that a decision among thousands
 * need not look at all of them. Decisions follow from the trials as they are, not from the order in which they were
 * observed. Threads may not share it.
 */
public interface Pruner {
    /** Notes a trial as it is now: a new one, or one that has changed. */
    void observe(Observation trial);

    /** Forgets a trial that has failed: nothing is known of its values. */
    void forget(long trial);

    /**
     * The state of a trial that has just had another epoch.
     *
     * @param trial running, with its value after the epoch, whether it was observed so or not
     * @return RUNNING if it continues; PAUSED if it keeps its checkpoint and its worker takes another trial; PRUNED
     */
    TrialState after(Observation trial);

    /**
     * Whether {@link #after} may stop a trial after an epoch: there the runs of its seeds wait for one another, as the values
     * that are observed are means over all of them.
     */
    boolean decidesAfter(long trial, int epoch);

    /** The paused trial that a free worker should resume; empty if it should start a new one. */
    default OptionalLong promotable() {
        return OptionalLong.empty();
    }

    /** Prunes nothing. */
    static Pruner none() {
        return new Pruner() {
            @Override
            public void observe(Observation trial) {}

            @Override
            public void forget(long trial) {}

            @Override
            public TrialState after(Observation trial) {
                return TrialState.RUNNING;
            }

            @Override
            public boolean decidesAfter(long trial, int epoch) {
                return false;
            }
        };
    }
}
