package io.residual.evaluation.metrics;

import java.util.OptionalDouble;

/**
 * How one class fared, each rate in [0, 1]. A rate whose denominator is zero is empty, not 0 or 1.
 *
 * @param support how many examples are of this class
 * @param precision the share of its predictions that are right; empty if it was never predicted
 * @param recall the share of its examples that were found; empty if there are none
 * @param f1 2 TP / (2 TP + FP + FN), the harmonic mean of the two where both are defined and positive; 0 if the class
 *     was present or predicted but never rightly, empty if it was neither present nor predicted
 */
public record ClassMetrics(long support, OptionalDouble precision, OptionalDouble recall, OptionalDouble f1) {
    static ClassMetrics of(long truePositives, long predicted, long support) {
        return new ClassMetrics(
                support,
                Ratio.of(truePositives, predicted),
                Ratio.of(truePositives, support),
                Ratio.of(2 * truePositives, predicted + support));
    }
}
