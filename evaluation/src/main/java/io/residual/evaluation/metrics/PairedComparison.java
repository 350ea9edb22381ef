package io.residual.evaluation.metrics;

import java.util.Arrays;
import java.util.SplittableRandom;
import org.apache.commons.statistics.inference.BinomialTest;

/**
 * Two classifiers on the same examples.
 *
 * @param examples how many, at least 1
 * @param onlyFirst examples that only the first has right
 * @param onlySecond examples that only the second has right
 */
public record PairedComparison(long examples, long onlyFirst, long onlySecond) {
    /** Enough for two stable digits of the percentiles of a 95 % interval. */
    private static final int RESAMPLES = 10_000;

    private static final double LEVEL = 0.95;

    /**
     * The bounds of an interval.
     *
     * @param high at least {@code low}
     */
    public record Interval(double low, double high) {}

    public PairedComparison {
        if (examples < 1 || onlyFirst < 0 || onlySecond < 0 || onlyFirst + onlySecond > examples) {
            throw new IllegalArgumentException(
                    "not counts of " + examples + " examples: " + onlyFirst + " and " + onlySecond);
        }
    }

    /**
     * Counts where two classifiers differ.
     *
     * @throws IllegalArgumentException if they were not evaluated on the same examples
     */
    public static PairedComparison of(Scores first, Scores second) {
        if (!Arrays.equals(first.labels(), second.labels())) {
            throw new IllegalArgumentException("the two are not evaluated on the same examples");
        }
        long onlyFirst = 0;
        long onlySecond = 0;
        for (int i = 0; i < first.examples(); i++) {
            onlyFirst += first.isRight(i) && !second.isRight(i) ? 1 : 0;
            onlySecond += !first.isRight(i) && second.isRight(i) ? 1 : 0;
        }
        return new PairedComparison(first.examples(), onlyFirst, onlySecond);
    }

    /** The accuracy of the second minus that of the first. */
    public double difference() {
        return (double) (onlySecond - onlyFirst) / examples;
    }

    /**
     * How likely so uneven a split of the examples that only one has right would be if both were equally good: McNemar's
     * exact test, two-sided (Q. McNemar, 1947; the binomial distribution instead of chi squared). 1 if they never differ.
     */
    public double mcNemar() {
        int all = Math.toIntExact(onlyFirst + onlySecond);
        return all == 0
                ? 1
                : BinomialTest.withDefaults()
                        .test(all, Math.toIntExact(onlyFirst), 0.5)
                        .getPValue();
    }

    /**
     * The 95 % percentile bootstrap interval of {@link #difference} (B. Efron, 1979): the examples are resampled with
     * replacement 10,000 times. The same seed gives the same interval.
     */
    public Interval bootstrap(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        double[] differences = new double[RESAMPLES];
        for (int r = 0; r < RESAMPLES; r++) {
            long balance = 0;
            for (long i = 0; i < examples; i++) {
                long drawn = random.nextLong(examples);
                balance += drawn < onlySecond ? 1 : drawn < onlySecond + onlyFirst ? -1 : 0;
            }
            differences[r] = (double) balance / examples;
        }
        Arrays.sort(differences);
        int cut = (int) Math.round(RESAMPLES * (1 - LEVEL) / 2);
        return new Interval(differences[cut], differences[RESAMPLES - 1 - cut]);
    }
}
