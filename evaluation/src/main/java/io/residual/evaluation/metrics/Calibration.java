package io.residual.evaluation.metrics;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;

/**
 * Whether a classifier is right as often as its confidence says. The confidence is the probability of the predicted class.
 *
 * @param bins of equal width over (0, 1], from the lowest
 * @param expectedCalibrationError the mean over the examples of |accuracy - confidence| of their bin (C. Guo et al.,
 *     <i>On Calibration of Modern Neural Networks</i>, 2017), in [0, 1]
 * @param negativeLogLikelihood the mean of -ln p(true class), in nats
 * @param brier the mean over the examples of the sum over the classes of (p - one-hot)^2, in [0, 2] (G. Brier, 1950)
 */
public record Calibration(List<Bin> bins, double expectedCalibrationError, double negativeLogLikelihood, double brier) {
    /** As in Guo et al. */
    public static final int BINS = 15;

    /**
     * The examples whose confidence is in (low, high].
     *
     * @param examples how many there are
     * @param confidence their mean confidence; empty if there are none
     * @param accuracy the share of right ones; empty if there are none
     */
    public record Bin(double low, double high, long examples, OptionalDouble confidence, OptionalDouble accuracy) {}

    public Calibration {
        bins = List.copyOf(bins);
    }

    /**
     * Evaluates probabilities.
     *
     * @throws IllegalArgumentException if the scores are no probabilities
     */
    public static Calibration of(Scores probabilities) {
        double nll = probabilities.crossEntropyOfProbabilities();
        long[] counts = new long[BINS];
        double[] confidences = new double[BINS];
        long[] right = new long[BINS];
        for (int i = 0; i < probabilities.examples(); i++) {
            double confidence = probabilities.highest(i);
            int bin = bin(confidence);
            counts[bin]++;
            confidences[bin] += confidence;
            right[bin] += probabilities.isRight(i) ? 1 : 0;
        }
        List<Bin> bins = new ArrayList<>();
        double gaps = 0;
        for (int bin = 0; bin < BINS; bin++) {
            double low = (double) bin / BINS;
            double high = (bin + 1.0) / BINS;
            if (counts[bin] == 0) {
                bins.add(new Bin(low, high, 0, OptionalDouble.empty(), OptionalDouble.empty()));
            } else {
                double n = counts[bin];
                bins.add(new Bin(
                        low,
                        high,
                        counts[bin],
                        OptionalDouble.of(confidences[bin] / n),
                        OptionalDouble.of(right[bin] / n)));
                gaps += Math.abs(right[bin] - confidences[bin]);
            }
        }
        return new Calibration(bins, gaps / probabilities.examples(), nll, brier(probabilities));
    }

    private static int bin(double confidence) {
        int bin = 0;
        while (bin < BINS - 1 && confidence > (bin + 1.0) / BINS) {
            bin++;
        }
        return bin;
    }

    private static double brier(Scores probabilities) {
        double sum = 0;
        for (int i = 0; i < probabilities.examples(); i++) {
            for (int c = 0; c < probabilities.classes(); c++) {
                double error = (double) probabilities.score(i, c) - (c == probabilities.label(i) ? 1 : 0);
                sum += error * error;
            }
        }
        return sum / probabilities.examples();
    }
}
