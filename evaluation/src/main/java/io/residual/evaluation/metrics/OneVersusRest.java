package io.residual.evaluation.metrics;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;

/**
 * How well one class' score separates its examples from all others, at every threshold: from the highest score down, all
 * examples of equal scores together.
 *
 * @param positives examples of the class, at least 1
 * @param negatives the other examples, at least 1
 * @param thresholds each different score with what reaches it, in falling order of the score
 */
public record OneVersusRest(long positives, long negatives, List<Threshold> thresholds) {
    /**
     * What reaches a score.
     *
     * @param truePositives examples of the class with at least this score
     * @param falsePositives other examples with at least this score
     */
    public record Threshold(float score, long truePositives, long falsePositives) {}

    /** A point of a curve. */
    public record CurvePoint(double x, double y) {}

    public OneVersusRest {
        thresholds = List.copyOf(thresholds);
        if (positives < 1 || negatives < 1) {
            throw new IllegalArgumentException(
                    "a class against the rest needs examples of both, found " + positives + " and " + negatives);
        }
    }

    /** Ranks the examples by the score of a class; empty if all or none are of that class. */
    public static Optional<OneVersusRest> of(Scores scores, int ofClass) {
        float[] ofOne = new float[scores.examples()];
        for (int i = 0; i < ofOne.length; i++) {
            ofOne[i] = scores.score(i, ofClass);
        }
        return of(ofOne, i -> scores.label(i) == ofClass);
    }

    /**
     * Ranks examples by any score; empty if all or none are of the class.
     *
     * @param scores one for each example, not NaN
     * @param isOfClass whether an example, by its index, is of the class
     */
    public static Optional<OneVersusRest> of(float[] scores, IntPredicate isOfClass) {
        long positives = IntStream.range(0, scores.length).filter(isOfClass).count();
        long negatives = scores.length - positives;
        if (positives == 0 || negatives == 0) {
            return Optional.empty();
        }
        List<Integer> order = IntStream.range(0, scores.length)
                .boxed()
                .sorted(Comparator.comparingDouble((Integer i) -> -scores[i]))
                .toList();
        List<Threshold> thresholds = new ArrayList<>();
        long hits = 0;
        for (int rank = 0; rank < order.size(); rank++) {
            int example = order.get(rank);
            hits += isOfClass.test(example) ? 1 : 0;
            if (rank + 1 == order.size() || scores[order.get(rank + 1)] != scores[example]) {
                thresholds.add(new Threshold(scores[example], hits, rank + 1 - hits));
            }
        }
        return Optional.of(new OneVersusRest(positives, negatives, thresholds));
    }

    /** The receiver operating characteristic: false against true positive rate, from (0, 0) to (1, 1). */
    public List<CurvePoint> roc() {
        List<CurvePoint> points = new ArrayList<>();
        points.add(new CurvePoint(0, 0));
        for (Threshold at : thresholds) {
            points.add(
                    new CurvePoint((double) at.falsePositives() / negatives, (double) at.truePositives() / positives));
        }
        return points;
    }

    /**
     * The area under {@link #roc}, by trapezoids: how likely an example of the class scores higher than another, with half
     * of the ties (T. Fawcett, <i>An introduction to ROC analysis</i>, 2006).
     */
    public double auc() {
        double area = 0;
        List<CurvePoint> roc = roc();
        for (int i = 1; i < roc.size(); i++) {
            CurvePoint from = roc.get(i - 1);
            CurvePoint to = roc.get(i);
            area += (to.x() - from.x()) * (to.y() + from.y()) / 2;
        }
        return area;
    }

    /** Recall against precision, with rising recall; it starts at the first threshold. */
    public List<CurvePoint> precisionRecall() {
        return thresholds.stream()
                .map(at -> new CurvePoint((double) at.truePositives() / positives, precision(at)))
                .toList();
    }

    private static double precision(Threshold at) {
        return (double) at.truePositives() / (at.truePositives() + at.falsePositives());
    }

    /** The mean of the precision, weighted by the rise of the recall, without interpolation, as in scikit-learn. */
    public double averagePrecision() {
        double sum = 0;
        double recall = 0;
        for (Threshold at : thresholds) {
            double reached = (double) at.truePositives() / positives;
            sum += (reached - recall) * precision(at);
            recall = reached;
        }
        return sum;
    }
}
