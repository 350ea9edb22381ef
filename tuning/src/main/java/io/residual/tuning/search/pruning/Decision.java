package io.residual.tuning.search.pruning;

/** What becomes of a trial after an epoch. */
public sealed interface Decision {
    /** It goes on. */
    record Continue() implements Decision {}

    /** It keeps its checkpoint and gives up its worker, which starts a new trial. */
    record Pause() implements Decision {}

    /** It ends here. */
    record Prune() implements Decision {}

    /**
     * It keeps its checkpoint and gives up its worker, on which a paused trial goes on.
     *
     * @param trial number of the paused trial
     */
    record Promote(long trial) implements Decision {}
}
