package io.residual.benchmark.rounds;

import io.residual.benchmark.measurement.Measurement;
import io.residual.benchmark.rounds.Results.EqualityResult;
import io.residual.benchmark.rounds.Results.Verdict;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.DoubleBinaryOperator;

/**
 * Compares the results of the contestants on the same weights, images and labels: parameter count, log-probabilities in
 * evaluation mode, and the losses of the first training steps, of which the second depends on all gradients and on the
 * update.
 */
final class EqualityCheck {
    /** Images of the check; with fewer the batch norms of 1 x 1 maps magnify rounding. */
    static final int BATCH = 64;

    /** Largest difference of log-probabilities; rounding gives 1e-6. */
    private static final double LOG_PROBABILITIES = 1e-3;

    /**
     * Largest difference of losses, relative to the loss. Rounding turns some ReLU and some maximum of a pool the other way,
     * and the second loss, after one step, shows it: up to 1e-3.
     */
    private static final double LOSSES = 1e-2;

    private EqualityCheck() {}

    /**
     * Each contestant against the first.
     *
     * @param answers by contestant, in order
     */
    static List<EqualityResult> compare(Case setting, Map<String, Measurement> answers) {
        List<EqualityResult> checks = new ArrayList<>();
        if (answers.isEmpty()) {
            return checks;
        }
        Map.Entry<String, Measurement> reference = answers.entrySet().iterator().next();
        Measurement first = reference.getValue();
        for (Map.Entry<String, Measurement> entry : answers.entrySet()) {
            Measurement answer = entry.getValue();
            double outputs = largest(first.logProbabilities(), answer.logProbabilities(), (a, b) -> Math.abs(a - b));
            double losses = largest(first.losses(), answer.losses(), (a, b) -> Math.abs(a - b) / Math.abs(a));
            boolean same =
                    outputs <= LOG_PROBABILITIES && losses <= LOSSES && first.parameters() == answer.parameters();
            checks.add(new EqualityResult(
                    setting,
                    entry.getKey(),
                    reference.getKey(),
                    answer.parameters(),
                    outputs,
                    losses,
                    same ? Verdict.SAME : Verdict.DIFFERENT));
        }
        return checks;
    }

    /** The largest difference; infinite if the numbers are not as many, or one of them is not a number. */
    private static double largest(List<Double> as, List<Double> bs, DoubleBinaryOperator difference) {
        if (as.size() != bs.size() || as.isEmpty()) {
            return Double.POSITIVE_INFINITY;
        }
        double largest = 0;
        for (int i = 0; i < as.size(); i++) {
            double d = difference.applyAsDouble(as.get(i), bs.get(i));
            largest = Double.isNaN(d) ? Double.POSITIVE_INFINITY : Math.max(largest, d);
        }
        return largest;
    }
}
