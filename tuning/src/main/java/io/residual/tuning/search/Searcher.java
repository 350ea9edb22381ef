package io.residual.tuning.search;

import java.util.List;
import java.util.OptionalLong;

/**
 * Decides what to try next. A proposal depends on the searcher's seed, the trial's number and the history
 * alone: a sweep that is resumed proposes what it would have proposed without the interruption.
 */
public interface Searcher {
    /**
     * The assignment of a trial.
     *
     * @param trial its number, from 0
     * @param history the other trials, finished or not, in any order
     * @throws java.util.NoSuchElementException if {@link #trials} are proposed already
     * @throws io.residual.core.ResidualException of kind BAD_SETTING if no assignment satisfies the constraints of the space
     */
    Assignment propose(long trial, List<Observation> history);

    /** How many different trials there are; empty if there is no end. */
    default OptionalLong trials() {
        return OptionalLong.empty();
    }
}
