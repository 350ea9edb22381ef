package io.residual.tuning.confirm;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * A trial that is trained again with fresh seeds.
 *
 * @param trial its number
 * @param found the objective that the search found, finite
 * @param values the objective of the fresh runs that are over, by seed, counted from 0, finite
 * @param failure why a fresh run has no value: it diverged, or its workers were lost; empty if all can have one
 */
public record Candidate(long trial, double found, SortedMap<Integer, Double> values, String failure) {
    public Candidate {
        values = Collections.unmodifiableSortedMap(new TreeMap<>(values));
        if (!Double.isFinite(found) || !values.values().stream().allMatch(Double::isFinite)) {
            throw new IllegalArgumentException("objectives are finite, not " + found + " and " + values);
        }
    }

    boolean hasFailed() {
        return !failure.isEmpty();
    }

    /** The values in the order of the seeds. */
    public List<Double> sample() {
        return List.copyOf(values.values());
    }

    /** Mean of the values; NaN without any. */
    public double mean() {
        return meanWithout(-1);
    }

    /** Mean of the values of all other seeds. */
    double meanWithout(int seed) {
        return values.entrySet().stream()
                .filter(value -> value.getKey() != seed)
                .mapToDouble(Map.Entry::getValue)
                .average()
                .orElse(Double.NaN);
    }
}
