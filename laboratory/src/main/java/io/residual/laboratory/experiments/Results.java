package io.residual.laboratory.experiments;

import io.residual.laboratory.experiments.training.TrainingResult;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;

/**
 * The results of an experiment's finished seeds, those for which every arm is trained.
 *
 * @param bySeed results by seed and name of the arm
 */
public record Results(Map<Long, Map<String, TrainingResult>> bySeed) {
    public Results {
        Map<Long, Map<String, TrainingResult>> copy = new LinkedHashMap<>();
        bySeed.forEach((seed, results) -> copy.put(seed, Map.copyOf(results)));
        bySeed = Collections.unmodifiableMap(copy);
    }

    /** The finished seeds. */
    public List<Long> seeds() {
        return List.copyOf(bySeed.keySet());
    }

    /**
     * The result of an arm.
     *
     * @throws IllegalArgumentException if there is none
     */
    public TrainingResult of(String arm, long seed) {
        return Optional.ofNullable(bySeed.get(seed))
                .map(results -> results.get(arm))
                .orElseThrow(() -> new IllegalArgumentException("no result of arm " + arm + ", seed " + seed));
    }

    /** A value of an arm, one for each finished seed. */
    public List<Double> values(String arm, ToDoubleFunction<TrainingResult> value) {
        return of(arm, value::applyAsDouble);
    }

    /** Something of an arm's result, one for each finished seed. */
    public <T> List<T> of(String arm, Function<TrainingResult, T> part) {
        return seeds().stream().map(seed -> part.apply(of(arm, seed))).toList();
    }

    /** The mean of a value of an arm over the finished seeds, of which there must be one. */
    public double mean(String arm, ToDoubleFunction<TrainingResult> value) {
        return values(arm, value).stream().mapToDouble(v -> v).average().orElseThrow();
    }
}
