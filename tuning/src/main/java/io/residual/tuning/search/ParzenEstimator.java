package io.residual.tuning.search;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.apache.commons.rng.UniformRandomProvider;

/**
 * The density of some parameters together, estimated from assignments: a mixture of one product of kernels for each, and
 * one for the prior.
 */
final class ParzenEstimator {
    private static final double PRIOR_WEIGHT = 1.0;
    /** Of a million such terms, the sum of 1 and more does not change. */
    private static final double NEGLIGIBLE = -60;

    private final Map<String, KernelDensities> kernels = new LinkedHashMap<>();
    private final double[] weights;

    /**
     * Estimates a density.
     *
     * @param observed assignments that have all the parameters, in the order of their trials
     * @param observedWeights one for each of them, in [0, 1]
     */
    ParzenEstimator(List<Parameter> parameters, List<Assignment> observed, List<Double> observedWeights) {
        for (Parameter parameter : parameters) {
            List<Object> values = observed.stream()
                    .map(a -> a.value(parameter.name()).orElseThrow())
                    .toList();
            kernels.put(parameter.name(), KernelDensities.of(parameter.dimension(), values, parameters.size()));
        }
        double sum = observedWeights.stream().mapToDouble(w -> w).sum() + PRIOR_WEIGHT;
        weights = Stream.concat(observedWeights.stream(), Stream.of(PRIOR_WEIGHT))
                .mapToDouble(w -> w / sum)
                .toArray();
    }

    /** Values of the parameters, each set drawn from the mixture. */
    List<Map<String, Object>> sample(int count, UniformRandomProvider random) {
        List<Map<String, Object>> samples = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            int component = KernelDensities.draw(weights, random);
            Map<String, Object> values = new LinkedHashMap<>();
            kernels.forEach((name, k) -> values.put(name, k.sample(component, random)));
            samples.add(values);
        }
        return samples;
    }

    /** Logarithm of the density; of a probability, if values are countable. */
    double logDensity(Map<String, Object> values) {
        double[] logs = new double[weights.length];
        for (int i = 0; i < logs.length; i++) {
            logs[i] = Math.log(weights[i]);
        }
        kernels.forEach((name, k) -> k.addLogDensities(Objects.requireNonNull(values.get(name)), logs));
        double highest = Arrays.stream(logs).max().orElseThrow();
        return highest
                + Math.log(Arrays.stream(logs)
                        .map(log -> log - highest)
                        .filter(log -> log > NEGLIGIBLE)
                        .map(Math::exp)
                        .sum());
    }
}
