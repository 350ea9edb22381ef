package io.residual.benchmark.rounds;

import io.residual.benchmark.measurement.Measurement;
import io.residual.benchmark.measurement.Precision;
import io.residual.benchmark.measurement.Task;
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
public final class EqualityCheck {
    /** Images of the check; with fewer the batch norms of 1 x 1 maps magnify rounding. */
    private static final int BATCH = 64;

    /**
     * What rounding may change.
     *
     * @param logProbabilities largest difference of two
     * @param losses largest difference of two, relative to the loss
     */
    public record Tolerance(double logProbabilities, double losses) {
        private Tolerance or(Tolerance other) {
            return new Tolerance(Math.max(logProbabilities, other.logProbabilities), Math.max(losses, other.losses));
        }
    }

    private EqualityCheck() {}

    /** The tolerance of a precision against 32-bit floats. */
    public static Tolerance tolerance(Precision precision) {
        return switch (precision) {
            // Outputs differ by 1e-6. Rounding turns some ReLU and some maximum of a pool the other way, and the second
            // loss, after one step, shows it: up to 1e-3.
            case F32 -> new Tolerance(1e-3, 1e-2);
            // A factor of 8 bits is off by up to 2^-9, which adds up over some twenty layers: outputs differ by up to
            // 6e-3, and
            // the second loss by up to 7e-2.
            case BF16 -> new Tolerance(0.03, 0.1);
            // Steps of 1/127 or 1/255 of a range: outputs differ by up to 0.1.
            case INT8 -> new Tolerance(0.3, 0);
        };
    }

    /** The same network with few images. */
    static Case small(Case setting) {
        int batch = setting.measuresLatency() ? BATCH : Math.min(setting.batch(), BATCH);
        return new Case(setting.model(), setting.pixels(), batch, setting.width());
    }

    /**
     * Each contestant against the first that trains.
     *
     * @param answers by contestant, in order
     */
    static List<EqualityResult> compare(Case setting, Map<Contestant, Measurement> answers) {
        List<EqualityResult> checks = new ArrayList<>();
        answers.entrySet().stream()
                .filter(answer -> trains(answer.getKey()))
                .findFirst()
                .or(() -> answers.entrySet().stream().findFirst())
                .ifPresent(reference ->
                        answers.entrySet().forEach(answer -> checks.add(compare(setting, reference, answer))));
        return checks;
    }

    private static boolean trains(Contestant contestant) {
        return contestant.tasks().contains(Task.TRAIN);
    }

    private static EqualityResult compare(
            Case setting, Map.Entry<Contestant, Measurement> expected, Map.Entry<Contestant, Measurement> actual) {
        Contestant reference = expected.getKey();
        Contestant contestant = actual.getKey();
        Measurement first = expected.getValue();
        Measurement answer = actual.getValue();
        Tolerance tolerance = tolerance(reference.precision()).or(tolerance(contestant.precision()));
        double outputs = largest(first.logProbabilities(), answer.logProbabilities(), (a, b) -> Math.abs(a - b));
        Double losses = trains(contestant) && trains(reference)
                ? largest(first.losses(), answer.losses(), (a, b) -> Math.abs(a - b) / Math.abs(a))
                : null;
        boolean same = outputs <= tolerance.logProbabilities()
                && (losses == null || losses <= tolerance.losses())
                && first.parameters() == answer.parameters();
        return new EqualityResult(
                setting,
                contestant.name(),
                reference.name(),
                answer.parameters(),
                outputs,
                losses,
                same ? Verdict.SAME : Verdict.DIFFERENT);
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
