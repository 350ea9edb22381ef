package io.residual.tuning.search;

/**
 * A trial as a searcher sees it.
 *
 * @param trial its number, from 0
 */
public record Observation(long trial, Assignment assignment, Outcome outcome) {
    public Observation {
        if (!(trial >= 0)) {
            throw new IllegalArgumentException("trials are counted from 0, got " + trial);
        }
    }
}
