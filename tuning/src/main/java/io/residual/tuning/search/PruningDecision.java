package io.residual.tuning.search;

/** What becomes of a trial after an epoch. */
public sealed interface PruningDecision {
    /** It goes on. */
    record Continue() implements PruningDecision {}

    /** It keeps its checkpoint and gives up its worker, which starts a new trial. */
    record Pause() implements PruningDecision {}

    /** It ends here. */
    record Prune() implements PruningDecision {}

    /**
     * It keeps its checkpoint and gives up its worker, on which a paused trial goes on.
     *
     * @param trial number of the paused trial
     */
    record Promote(long trial) implements PruningDecision {}
}
