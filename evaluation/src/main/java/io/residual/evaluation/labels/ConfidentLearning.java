package io.residual.evaluation.labels;

import io.residual.evaluation.metrics.Scores;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Which labels are likely wrong, and how often labels of one class stand for another (C. Northcutt, L. Jiang, I. Chuang,
 * <i>Confident Learning: Estimating Uncertainty in Dataset Labels</i>, JAIR 70, 2021). It takes probabilities of examples
 * that the classifier was not trained on.
 *
 * <p>An example counts for a class if its probability reaches the class' threshold, the mean probability of that class
 * over the examples with its label. If it reaches several, it counts for its most likely class, as in cleanlab 2. A label
 * is suspect if its example counts for another class and the prediction is another class too. cleanlab rounds the
 * calibrated counts to whole examples; here they are fractions.
 *
 * @param thresholds of each class; above 1 for a class without examples, which then counts nothing
 * @param counts shape [label, true class]: examples that count for a class; at least 1 on the diagonal
 * @param joint shape [label, true class]: the estimated joint distribution, whose rows sum to the shares of the labels
 * @param suspects the likely wrong labels, those with the lowest probability of their label first
 */
public record ConfidentLearning(
        List<Double> thresholds, List<List<Long>> counts, List<List<Double>> joint, List<Suspect> suspects) {
    /** So that a probability equal to the threshold counts in spite of rounding, as in cleanlab. */
    private static final double ROUNDING = 1e-6;

    private static final double UNREACHABLE_THRESHOLD = 2;

    /**
     * A label that is likely wrong.
     *
     * @param example its index
     * @param likely the class that it counts for
     * @param selfConfidence the probability of the label
     * @param normalizedMargin that probability minus the highest of the other classes, in [-1, 1]
     */
    public record Suspect(int example, int label, int likely, double selfConfidence, double normalizedMargin) {}

    public ConfidentLearning {
        thresholds = List.copyOf(thresholds);
        counts = counts.stream().map(List::copyOf).toList();
        joint = joint.stream().map(List::copyOf).toList();
        suspects = List.copyOf(suspects);
    }

    /**
     * Estimates.
     *
     * @param probabilities of examples that the classifier was not trained on, with their given labels
     */
    public static ConfidentLearning of(Scores probabilities) {
        int classes = probabilities.classes();
        double[] thresholds = thresholds(probabilities);
        long[][] counts = new long[classes][classes];
        List<Suspect> suspects = new ArrayList<>();
        for (int i = 0; i < probabilities.examples(); i++) {
            int label = probabilities.label(i);
            int likely = likely(probabilities, i, thresholds);
            if (likely < 0) {
                continue;
            }
            counts[label][likely]++;
            if (likely != label && !probabilities.isRight(i)) {
                suspects.add(suspect(probabilities, i, likely));
            }
        }
        for (int c = 0; c < classes; c++) {
            counts[c][c] = Math.max(1, counts[c][c]);
        }
        suspects.sort(Comparator.comparingDouble(Suspect::selfConfidence).thenComparingInt(Suspect::example));
        return new ConfidentLearning(
                IntStream.range(0, classes).mapToObj(c -> thresholds[c]).toList(),
                IntStream.range(0, classes)
                        .mapToObj(row -> IntStream.range(0, classes)
                                .mapToObj(column -> counts[row][column])
                                .toList())
                        .toList(),
                joint(counts, probabilities),
                suspects);
    }

    private static double[] thresholds(Scores probabilities) {
        int classes = probabilities.classes();
        double[] sums = new double[classes];
        long[] examples = new long[classes];
        for (int i = 0; i < probabilities.examples(); i++) {
            int label = probabilities.label(i);
            sums[label] += probabilities.score(i, label);
            examples[label]++;
        }
        return IntStream.range(0, classes)
                .mapToDouble(c -> examples[c] == 0 ? UNREACHABLE_THRESHOLD : sums[c] / examples[c])
                .toArray();
    }

    /** The class that an example counts for, or -1. */
    private static int likely(Scores probabilities, int example, double[] thresholds) {
        int[] reached = IntStream.range(0, thresholds.length)
                .filter(c -> probabilities.score(example, c) >= thresholds[c] - ROUNDING)
                .toArray();
        return switch (reached.length) {
            case 0 -> -1;
            case 1 -> reached[0];
            default -> probabilities.predicted(example);
        };
    }

    private static Suspect suspect(Scores probabilities, int example, int likely) {
        int label = probabilities.label(example);
        double own = probabilities.score(example, label);
        double other = IntStream.range(0, probabilities.classes())
                .filter(c -> c != label)
                .mapToDouble(c -> probabilities.score(example, c))
                .max()
                .orElse(0);
        return new Suspect(example, label, likely, own, own - other);
    }

    /** The counts with each row scaled to the share of its label (equation 3 of the paper). */
    private static List<List<Double>> joint(long[][] counts, Scores probabilities) {
        double examples = probabilities.examples();
        List<List<Double>> joint = new ArrayList<>();
        for (int row = 0; row < counts.length; row++) {
            int label = row;
            double share =
                    IntStream.of(probabilities.labels()).filter(l -> l == label).count() / examples;
            double sum = IntStream.range(0, counts.length)
                    .mapToLong(c -> counts[label][c])
                    .sum();
            joint.add(IntStream.range(0, counts.length)
                    .mapToObj(c -> share * counts[label][c] / sum)
                    .toList());
        }
        return joint;
    }

    /** The estimated share of wrong labels: what is off the diagonal of the joint distribution. */
    public double wrongShare() {
        return 1
                - IntStream.range(0, joint.size())
                        .mapToDouble(c -> joint.get(c).get(c))
                        .sum();
    }

    /** The noise matrix, shape [label, true class]: P(label | true class); each column sums to 1, or is 0 without such. */
    public List<List<Double>> noiseMatrix() {
        int classes = joint.size();
        double[] columns = new double[classes];
        joint.forEach(row -> IntStream.range(0, classes).forEach(c -> columns[c] += row.get(c)));
        return joint.stream()
                .map(row -> IntStream.range(0, classes)
                        .mapToObj(c -> columns[c] == 0 ? 0 : row.get(c) / columns[c])
                        .toList())
                .toList();
    }

    /** The accuracy without the suspect examples. It flatters the classifier: the prediction differs from the label for all of them. */
    public double accuracyWithoutSuspects(Scores probabilities) {
        long right = IntStream.range(0, probabilities.examples())
                .filter(probabilities::isRight)
                .count();
        return (double) right / Math.max(1, probabilities.examples() - suspects.size());
    }
}
