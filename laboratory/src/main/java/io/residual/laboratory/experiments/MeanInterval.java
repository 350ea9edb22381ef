package io.residual.laboratory.experiments;

import java.util.List;
import java.util.Optional;
import org.apache.commons.statistics.distribution.TDistribution;

/**
 * A mean over seeds with its 95 % confidence interval by Student's t. Where the values are differences of arms that share their
 * seeds, this is the interval of the paired t test. It assumes that the values of other seeds would be spread normally.
 *
 * @param mean finite
 * @param low at most the mean
 * @param high at least the mean
 * @param seeds at least 2
 */
public record MeanInterval(double mean, double low, double high, int seeds) {
    /** How often such intervals hold the true mean. */
    public static final double LEVEL = 0.95;

    public MeanInterval {
        if (!(seeds >= 2)) {
            throw new IllegalArgumentException("an interval needs at least 2 seeds, got " + seeds);
        }
        if (!(Double.isFinite(low) && low <= mean && mean <= high && Double.isFinite(high))) {
            throw new IllegalArgumentException("no interval: " + mean + " in " + low + " to " + high);
        }
    }

    /**
     * The interval of the mean of values, one for each seed.
     *
     * @return nothing for fewer than two values: one says nothing of how much others would differ
     */
    public static Optional<MeanInterval> of(List<Double> values) {
        int n = values.size();
        if (n < 2) {
            return Optional.empty();
        }
        double mean = values.stream().mapToDouble(v -> v).average().orElseThrow();
        double squares =
                values.stream().mapToDouble(v -> (v - mean) * (v - mean)).sum();
        double error = Math.sqrt(squares / (n - 1) / n);
        double half = error * TDistribution.of(n - 1.0).inverseSurvivalProbability((1 - LEVEL) / 2);
        return Optional.of(new MeanInterval(mean, mean - half, mean + half, n));
    }
}
