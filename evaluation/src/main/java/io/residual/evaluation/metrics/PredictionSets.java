package io.residual.evaluation.metrics;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;

/**
 * Sets of classes that hold the true class as often as stated, whatever the classifier: all classes of at least some
 * probability. Split conformal prediction with the score 1 - p(true class) (M. Sadinle, J. Lei and L. Wasserman, <i>Least
 * Ambiguous Set-Valued Classifiers with Bounded Error Levels</i>, 2019: LAC), which has the smallest sets on average; a set is
 * empty if no class is likely enough. The coverage is that over all images alike, not over those of each class.
 *
 * @param coverage the stated share, in (0, 1)
 * @param threshold the lowest probability of a class in a set, in [0, 1]
 * @param rank how many calibration examples, of those with the highest probability of their true class, are at or above the
 *     threshold, in [1, examples]
 * @param examples how many calibration examples there were
 */
public record PredictionSets(double coverage, float threshold, int rank, int examples) {
    public PredictionSets {
        if (!(coverage > 0 && coverage < 1)) {
            throw new IllegalArgumentException("a coverage must be above 0 and below 1, found " + coverage);
        }
        if (!(threshold >= 0 && threshold <= 1) || rank < 1 || rank > examples) {
            throw new IllegalArgumentException(
                    "not the probability of rank " + rank + " of " + examples + ": " + threshold);
        }
    }

    /**
     * Finds the threshold: the probability at rank ceil((n + 1) coverage) from the highest.
     *
     * @param trueClassProbabilities of n examples that the classifier was not trained on, in rising order
     * @param coverage in (0, 1)
     * @throws IllegalArgumentException if that needs more examples than there are
     */
    public static PredictionSets fit(List<Float> trueClassProbabilities, double coverage) {
        int examples = trueClassProbabilities.size();
        int rank = rank(examples, coverage);
        if (rank > examples) {
            throw new IllegalArgumentException(String.format(
                    Locale.ROOT,
                    "coverage: %s needs at least %,d calibration images, there are %,d: ask for a coverage of"
                            + " at most %s, or hold back more images",
                    BigDecimal.valueOf(coverage).toPlainString(),
                    minExamples(coverage),
                    examples,
                    BigDecimal.valueOf(examples)
                            .divide(BigDecimal.valueOf(examples + 1L), 4, RoundingMode.DOWN)
                            .stripTrailingZeros()
                            .toPlainString()));
        }
        return new PredictionSets(coverage, trueClassProbabilities.get(examples - rank), rank, examples);
    }

    /** Whether there are enough calibration examples for a coverage. */
    public static boolean canFit(int examples, double coverage) {
        return rank(examples, coverage) <= examples;
    }

    /** In decimals: 0.07 x 100 is 7, not a little more. */
    private static int rank(int examples, double coverage) {
        return BigDecimal.valueOf(coverage)
                .multiply(BigDecimal.valueOf(examples + 1L))
                .setScale(0, RoundingMode.CEILING)
                .intValueExact();
    }

    private static long minExamples(double coverage) {
        BigDecimal share = BigDecimal.valueOf(coverage);
        return share.divide(BigDecimal.ONE.subtract(share), 0, RoundingMode.CEILING)
                .longValueExact();
    }

    /** The classes in the set of an example, from the first. */
    public List<Integer> of(float[] probabilities) {
        return IntStream.range(0, probabilities.length)
                .filter(c -> probabilities[c] >= threshold)
                .boxed()
                .toList();
    }
}
