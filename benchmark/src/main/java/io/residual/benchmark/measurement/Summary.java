package io.residual.benchmark.measurement;

import java.util.List;

/**
 * Median, least and greatest of some numbers.
 *
 * @param median the middle one, or the mean of the middle two
 */
public record Summary(double median, double least, double greatest) {
    /**
     * The spread of the numbers, in any order.
     *
     * @throws IllegalArgumentException if there are no numbers or one of them is not finite
     */
    public static Summary of(List<Double> numbers) {
        if (numbers.isEmpty() || !numbers.stream().allMatch(Double::isFinite)) {
            throw new IllegalArgumentException("a median needs at least one number, all finite, got " + numbers);
        }
        List<Double> sorted = numbers.stream().sorted().toList();
        int n = sorted.size();
        return new Summary((sorted.get((n - 1) / 2) + sorted.get(n / 2)) / 2, sorted.get(0), sorted.get(n - 1));
    }
}
