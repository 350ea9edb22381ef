package io.residual.benchmark.measurement;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.Arrays;
import java.util.List;
import org.apache.commons.statistics.descriptive.Median;

/**
 * Median, minimum and maximum of some numbers.
 *
 * @param median the middle one, or the mean of the middle two
 */
public record Summary(
        double median,
        @JsonProperty("least") double min,
        @JsonProperty("greatest") double max) {
    /**
     * The summary of the numbers, in any order.
     *
     * @throws IllegalArgumentException if there are no numbers or one of them is not finite
     */
    public static Summary of(List<Double> numbers) {
        if (numbers.isEmpty() || !numbers.stream().allMatch(Double::isFinite)) {
            throw new IllegalArgumentException("a median needs at least one number, all finite, got " + numbers);
        }
        double[] values = numbers.stream().mapToDouble(x -> x).toArray();
        double median = Median.withDefaults().evaluate(values);
        return new Summary(
                median,
                Arrays.stream(values).min().orElseThrow(),
                Arrays.stream(values).max().orElseThrow());
    }
}
