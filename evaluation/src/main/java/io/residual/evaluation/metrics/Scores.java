package io.residual.evaluation.metrics;

import io.residual.training.metrics.ConfusionMatrix;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * What a classifier predicted for each example, and the true classes. Higher is likelier; whether the numbers are logits or
 * probabilities is said where it matters. Immutable.
 */
public final class Scores {
    /** Below this a probability counts as this: 2^-52, so that one example costs at most 36.04 nats, not infinitely many. */
    public static final double MIN_PROBABILITY = 0x1p-52;

    /** How far a row of float probabilities may be from a sum of 1. */
    private static final double SUM_TOLERANCE = 1e-3;

    private final float[][] scores;
    private final int[] labels;

    private Scores(float[][] scores, int[] labels) {
        this.scores = scores;
        this.labels = labels;
    }

    /**
     * Returns scores of examples.
     *
     * @param scores shape [examples, classes], finite; at least one of each; copied
     * @param labels the true classes, each in [0, classes); copied
     * @throws IllegalArgumentException if a shape is wrong, a score is NaN or infinite, or a label out of range
     */
    public static Scores of(float[][] scores, int[] labels) {
        if (scores.length == 0 || scores[0].length == 0) {
            throw new IllegalArgumentException("there are no scores");
        }
        if (labels.length != scores.length) {
            throw new IllegalArgumentException(
                    labels.length + " labels do not match " + scores.length + " rows of scores");
        }
        int classes = scores[0].length;
        float[][] copy = new float[scores.length][];
        for (int i = 0; i < copy.length; i++) {
            copy[i] = scores[i].clone();
            if (copy[i].length != classes) {
                throw new IllegalArgumentException(
                        "example " + i + " has " + copy[i].length + " scores, the first has " + classes);
            }
            for (int c = 0; c < classes; c++) {
                if (!Float.isFinite(copy[i][c])) {
                    throw new IllegalArgumentException(
                            "the score of example " + i + " for class " + c + " is " + copy[i][c]);
                }
            }
            if (labels[i] < 0 || labels[i] >= classes) {
                throw new IllegalArgumentException(
                        "the label of example " + i + " is " + labels[i] + ", expected one in [0, " + classes + ")");
            }
        }
        return new Scores(copy, labels.clone());
    }

    /**
     * Returns the mean of several classifiers' scores of the same examples.
     *
     * @throws IllegalArgumentException if there are none, or their classes or labels differ
     */
    public static Scores mean(List<Scores> several) {
        if (several.isEmpty()) {
            throw new IllegalArgumentException("there are no scores to take the mean of");
        }
        Scores first = several.get(0);
        float[][] mean = new float[first.examples()][first.classes()];
        for (Scores one : several) {
            if (one.classes() != first.classes() || !Arrays.equals(one.labels, first.labels)) {
                throw new IllegalArgumentException("the scores are not of the same examples and classes");
            }
        }
        for (int i = 0; i < mean.length; i++) {
            for (int c = 0; c < mean[i].length; c++) {
                double sum = 0;
                for (Scores one : several) {
                    sum += one.scores[i][c];
                }
                mean[i][c] = (float) (sum / several.size());
            }
        }
        return of(mean, first.labels);
    }

    /** The probabilities, if these scores are logits. */
    public Scores softmax() {
        return of(Arrays.stream(scores).map(Logits::softmax).toArray(float[][]::new), labels);
    }

    public int examples() {
        return scores.length;
    }

    public int classes() {
        return scores[0].length;
    }

    /** The score of an example for a class. */
    public float score(int example, int ofClass) {
        return scores[example][ofClass];
    }

    /** The scores of an example for all classes. */
    public float[] row(int example) {
        return scores[example].clone();
    }

    /** The true class of an example. */
    public int label(int example) {
        return labels[example];
    }

    /** The true classes of all examples. */
    public int[] labels() {
        return labels.clone();
    }

    /** The class with the highest score of an example, the first of equals. */
    public int predicted(int example) {
        return argmax(scores[example]);
    }

    /** Whether an example's prediction is its true class. */
    public boolean isRight(int example) {
        return predicted(example) == labels[example];
    }

    /** The highest score of an example: the confidence, if the scores are probabilities. */
    public float highest(int example) {
        return scores[example][predicted(example)];
    }

    /** Counts the predictions: the class with the highest score, the first of equals. */
    public ConfusionMatrix confusion() {
        int[] predicted = Arrays.stream(scores).mapToInt(Scores::argmax).toArray();
        return ConfusionMatrix.ofLabels(classes(), labels, predicted);
    }

    private static int argmax(float[] row) {
        int best = 0;
        for (int c = 1; c < row.length; c++) {
            if (row[c] > row[best]) {
                best = c;
            }
        }
        return best;
    }

    /**
     * Returns the share of examples whose true class is among the k with the highest scores; of equal scores the first
     * class counts as higher, so that k = 1 gives the accuracy. (scikit-learn takes the last.)
     *
     * @param k in [1, classes]
     */
    public double topAccuracy(int k) {
        if (k < 1 || k > classes()) {
            throw new IllegalArgumentException("k must be in [1, " + classes() + "], found " + k);
        }
        long hits = IntStream.range(0, examples())
                .filter(i -> rank(scores[i], labels[i]) < k)
                .count();
        return (double) hits / examples();
    }

    private static int rank(float[] row, int label) {
        int rank = 0;
        for (int c = 0; c < row.length; c++) {
            if (row[c] > row[label] || (row[c] == row[label] && c < label)) {
                rank++;
            }
        }
        return rank;
    }

    /**
     * Returns the mean cross entropy of scores that are probabilities, in nats: the mean of -ln p(true class), with p not
     * below {@link #MIN_PROBABILITY}.
     *
     * @throws IllegalArgumentException if a row is no distribution: a value outside [0, 1], or a sum not within 0.001
     *     of 1
     */
    public double crossEntropyOfProbabilities() {
        double sum = 0;
        for (int i = 0; i < examples(); i++) {
            requireDistribution(i);
            sum -= Math.log(Math.max(scores[i][labels[i]], MIN_PROBABILITY));
        }
        return sum / examples();
    }

    /** Rejects scores of an example that are no probabilities. */
    void requireDistribution(int example) {
        double sum = 0;
        for (float p : scores[example]) {
            if (!(p >= 0 && p <= 1)) {
                throw new IllegalArgumentException(
                        "example " + example + " has a probability outside [0, 1]: " + p + ". Are these logits?");
            }
            sum += p;
        }
        if (!(Math.abs(sum - 1) <= SUM_TOLERANCE)) {
            throw new IllegalArgumentException(
                    "the probabilities of example " + example + " sum to " + sum + ", not to 1. Are these logits?");
        }
    }
}
