package io.residual.tuning.search;

import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

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

    /** What was tried. */
    public static Set<Assignment> assignments(List<Observation> history) {
        return history.stream().map(Observation::assignment).collect(Collectors.toSet());
    }
}
