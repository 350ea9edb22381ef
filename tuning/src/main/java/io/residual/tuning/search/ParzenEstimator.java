package io.residual.tuning.search;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.apache.commons.rng.UniformRandomProvider;

/**
 * The density of some parameters together, estimated from assignments: a mixture of one product of kernels for each, and
 * one for the prior.
 */
final class ParzenEstimator {
    private static final double PRIOR_WEIGHT = 1.0;
    /** Of a million such terms, the sum of 1 and more does not change. */
    private static final double NEGLIGIBLE = -60;
    /** Kernels that are added to a sum at a time. */
    private static final int BLOCK = 256;

    private final List<Parameter> parameters;
    private final List<KernelDensities> kernels = new ArrayList<>();
    private final double[] weights;
    private final double[] logWeights;
    /** Of kernels at a point, before they are added. */
    private final double[] logs;

    /**
     * Estimates a density.
     *
     * @param observed the places of assignments that have all the parameters, [parameter][assignment], in the order of their
     *     trials
     * @param observedWeights one for each assignment, in [0, 1]
     */
    ParzenEstimator(List<Parameter> parameters, List<double[]> observed, double[] observedWeights) {
        this.parameters = parameters;
        for (int i = 0; i < parameters.size(); i++) {
            kernels.add(KernelDensities.of(parameters.get(i).dimension(), observed.get(i), parameters.size()));
        }
        double sum = Arrays.stream(observedWeights).sum() + PRIOR_WEIGHT;
        weights = Arrays.copyOf(observedWeights, observedWeights.length + 1);
        weights[observedWeights.length] = PRIOR_WEIGHT;
        logWeights = new double[weights.length];
        for (int i = 0; i < weights.length; i++) {
            weights[i] /= sum;
            logWeights[i] = Math.log(weights[i]);
        }
        logs = new double[weights.length];
    }

    /** Values of the parameters, each set drawn from the mixture. */
    List<Map<String, Object>> sample(int count, UniformRandomProvider random) {
        List<Map<String, Object>> samples = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            int component = KernelDensities.draw(weights, random);
            Map<String, Object> values = new LinkedHashMap<>();
            for (int k = 0; k < parameters.size(); k++) {
                values.put(parameters.get(k).name(), kernels.get(k).sample(component, random));
            }
            samples.add(values);
        }
        return samples;
    }

    /** Logarithm of the density; of a probability, if values are countable. */
    double logDensity(Map<String, Object> values) {
        Sum sum = new Sum(values);
        while (!sum.isComplete()) {
            sum.addBlock();
        }
        return sum.log();
    }

    /** The density at a point as the sum of its kernels, the latest first: it only grows from block to block. */
    final class Sum {
        private final double[] places;
        private int left = weights.length;
        private double highest = Double.NEGATIVE_INFINITY;
        /** Of the kernels that were added, as multiples of the highest. */
        private double sum;

        Sum(Map<String, Object> values) {
            places = parameters.stream()
                    .mapToDouble(p -> p.dimension().place(Objects.requireNonNull(values.get(p.name()))))
                    .toArray();
        }

        boolean isComplete() {
            return left == 0;
        }

        /** Adds the next kernels of those that are left. */
        void addBlock() {
            int from = Math.max(0, left - BLOCK);
            System.arraycopy(logWeights, from, logs, from, left - from);
            for (int k = 0; k < places.length; k++) {
                kernels.get(k).addLogDensities(places[k], from, left, logs);
            }
            for (int i = from; i < left; i++) {
                add(logs[i]);
            }
            left = from;
        }

        private void add(double log) {
            if (log > highest) {
                sum = sum * Math.exp(highest - log) + 1;
                highest = log;
            } else if (log - highest > NEGLIGIBLE) {
                sum += Math.exp(log - highest);
            }
        }

        /** Logarithm of the sum so far. */
        double log() {
            return highest + Math.log(sum);
        }
    }
}
