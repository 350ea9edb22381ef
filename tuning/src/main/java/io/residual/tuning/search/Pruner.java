package io.residual.tuning.search;

import java.util.List;
import java.util.OptionalLong;

/** Stops trials by their values so far. Equal histories give equal decisions. */
public interface Pruner {
    /**
     * The state of a trial that has just had another epoch.
     *
     * @param trial its number
     * @param epoch the epochs that it had, from 1
     * @param history all trials; this one with its value after the epoch, and running
     * @return RUNNING if it continues; PAUSED if it keeps its checkpoint and its worker takes another trial; PRUNED
     */
    TrialState after(long trial, int epoch, List<Observation> history);

    /**
     * Whether {@link #after} may stop a trial after an epoch: there the runs of its seeds wait for one another, as the values
     * in the history are means over all of them.
     */
    boolean decidesAfter(long trial, int epoch, List<Observation> history);

    /** The paused trial that a free worker should resume; empty if it should start a new one. */
    default OptionalLong promotable(List<Observation> history) {
        return OptionalLong.empty();
    }

    /** Prunes nothing. */
    static Pruner none() {
        return new Pruner() {
            @Override
            public TrialState after(long trial, int epoch, List<Observation> history) {
                return TrialState.RUNNING;
            }

            @Override
            public boolean decidesAfter(long trial, int epoch, List<Observation> history) {
                return false;
            }
        };
    }
}
