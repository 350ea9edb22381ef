package io.residual.evaluation.metrics;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;

/**
 * How often prediction sets hold the true class, on examples other than those that they were calibrated on.
 *
 * @param covered how many do
 * @param empty sets without a class
 * @param single sets of one class
 * @param meanSize the mean number of classes in a set
 * @param classes the same for the examples of each class
 */
public record CoverageCheck(
        PredictionSets sets,
        long examples,
        long covered,
        long empty,
        long single,
        double meanSize,
        List<ClassCoverage> classes) {
    /** How the measured coverage compares with what chance allows. */
    public enum Verdict {
        AS_STATED,
        BELOW,
        ABOVE
    }

    /**
     * The examples of a class.
     *
     * @param coverage empty if there are none
     * @param meanSize empty if there are none
     */
    public record ClassCoverage(OptionalDouble coverage, OptionalDouble meanSize) {}

    /** Bounds of a share. */
    public record Range(double low, double high) {}

    private static final double TAIL = 0.025;

    public CoverageCheck {
        classes = List.copyOf(classes);
    }

    /** Checks sets on the probabilities of examples. */
    public static CoverageCheck of(PredictionSets sets, Scores probabilities) {
        long[] examples = new long[probabilities.classes()];
        long[] covered = new long[probabilities.classes()];
        long[] sizes = new long[probabilities.classes()];
        long empty = 0;
        long single = 0;
        for (int i = 0; i < probabilities.examples(); i++) {
            int label = probabilities.label(i);
            List<Integer> set = sets.of(probabilities.row(i));
            examples[label]++;
            covered[label] += set.contains(label) ? 1 : 0;
            sizes[label] += set.size();
            empty += set.isEmpty() ? 1 : 0;
            single += set.size() == 1 ? 1 : 0;
        }
        List<ClassCoverage> classes = new ArrayList<>();
        long allCovered = 0;
        long allSizes = 0;
        for (int c = 0; c < examples.length; c++) {
            classes.add(new ClassCoverage(ratio(covered[c], examples[c]), ratio(sizes[c], examples[c])));
            allCovered += covered[c];
            allSizes += sizes[c];
        }
        double n = probabilities.examples();
        return new CoverageCheck(sets, probabilities.examples(), allCovered, empty, single, allSizes / n, classes);
    }

    private static OptionalDouble ratio(long part, long all) {
        return all == 0 ? OptionalDouble.empty() : OptionalDouble.of((double) part / all);
    }

    /** The measured coverage. */
    public double coverage() {
        return (double) covered / examples;
    }

    /** Its 95 % interval for these sets: what the number of examples here leaves open. */
    public WilsonInterval interval() {
        return WilsonInterval.of(covered, examples);
    }

    /**
     * Where the measured coverage lies in 95 of 100 repetitions with other calibration and other examples, if the stated one
     * holds: how often the true class is covered is distributed as BetaBinomial(examples, r, n + 1 - r) for rank r of n
     * calibration examples (V. Vovk, <i>Conditional validity of inductive conformal predictors</i>, 2012).
     */
    public Range expected() {
        double a = sets.rank();
        double b = sets.examples() + 1.0 - a;
        int m = Math.toIntExact(examples);
        // Relative to that of the mode, whose probability cannot underflow.
        double[] weights = new double[m + 1];
        int mode = (int) Math.min(m, Math.round(m * a / (a + b)));
        weights[mode] = 1;
        for (int x = mode; x < m; x++) {
            weights[x + 1] = weights[x] * ((m - x) * (x + a)) / ((x + 1) * (m - x - 1 + b));
        }
        for (int x = mode; x > 0; x--) {
            weights[x - 1] = weights[x] * (x * (m - x + b)) / ((m - x + 1) * (x - 1 + a));
        }
        double sum = 0;
        for (double weight : weights) {
            sum += weight;
        }
        return new Range(quantile(weights, TAIL * sum) / m, quantile(weights, (1 - TAIL) * sum) / m);
    }

    /** The smallest number up to which the weights sum to at least this. */
    private static double quantile(double[] weights, double sum) {
        double below = 0;
        int x = 0;
        for (; x < weights.length - 1; x++) {
            below += weights[x];
            if (below >= sum) {
                break;
            }
        }
        return x;
    }

    /** Whether the measured coverage is in the {@link #expected} range. */
    public Verdict verdict() {
        Range range = expected();
        if (coverage() < range.low()) {
            return Verdict.BELOW;
        }
        return coverage() > range.high() ? Verdict.ABOVE : Verdict.AS_STATED;
    }
}
