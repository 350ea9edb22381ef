package io.residual.training.metrics;

import java.util.OptionalDouble;

/**
 * The rates of one class, or their mean over classes, each in [0, 1]. A rate whose denominator is zero is empty, not 0 or 1.
 *
 * @param support how many examples are of this class
 * @param precision the share of its predictions that are right; empty if it was never predicted
 * @param recall the share of its examples that were found; empty if there are none
 * @param f1 2 TP / (2 TP + FP + FN), the harmonic mean of the two where both are defined and positive; 0 if the class
 *     was present or predicted but never correctly, empty if it was neither present nor predicted
 */
public record ClassMetrics(long support, OptionalDouble precision, OptionalDouble recall, OptionalDouble f1) {
    /** A share, empty if it has no denominator. */
    static OptionalDouble ratio(long part, long all) {
        return all == 0 ? OptionalDouble.empty() : OptionalDouble.of((double) part / all);
    }

    static ClassMetrics of(long truePositives, long predicted, long support) {
        return new ClassMetrics(
                support,
                ratio(truePositives, predicted),
                ratio(truePositives, support),
                ratio(2 * truePositives, predicted + support));
    }
}
