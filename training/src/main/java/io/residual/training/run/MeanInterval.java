package io.residual.training.run;

import java.util.List;
import java.util.Optional;
import org.apache.commons.statistics.descriptive.Mean;
import org.apache.commons.statistics.descriptive.StandardDeviation;
import org.apache.commons.statistics.distribution.TDistribution;

/**
 * A mean over seeds with its 95 % confidence interval by Student's t. If the values are differences of arms that share their
 * seeds, this is the interval of the paired t test. It assumes that the values of other seeds would be spread normally.
 *
 * @param mean finite
 * @param low at most the mean
 * @param high at least the mean
 * @param seeds at least 2
 */
public record MeanInterval(double mean, double low, double high, int seeds) {
    /** How often such intervals contain the true mean. */
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
     * @return empty for fewer than two values: one says nothing about how much others would differ
     */
    public static Optional<MeanInterval> of(List<Double> values) {
        return expected(values, values.size());
    }

    /**
     * The interval of a number of seeds whose values have the mean and the deviation of those that are there.
     *
     * @param seeds at least 2
     * @return empty for fewer than two values
     */
    public static Optional<MeanInterval> expected(List<Double> values, int seeds) {
        if (values.size() < 2) {
            return Optional.empty();
        }
        double[] sample = values.stream().mapToDouble(v -> v).toArray();
        double mean = Mean.of(sample).getAsDouble();
        double error = StandardDeviation.of(sample).getAsDouble() / Math.sqrt(seeds);
        double half = error * TDistribution.of(seeds - 1.0).inverseSurvivalProbability((1 - LEVEL) / 2);
        return Optional.of(new MeanInterval(mean, mean - half, mean + half, seeds));
    }
}
