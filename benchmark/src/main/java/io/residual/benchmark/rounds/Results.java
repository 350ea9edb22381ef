package io.residual.benchmark.rounds;

import io.residual.benchmark.measurement.ConvolutionLimits;
import io.residual.benchmark.measurement.Measurement;
import io.residual.benchmark.measurement.MeasurementPlan;
import io.residual.benchmark.measurement.Summary;
import io.residual.benchmark.measurement.Task;
import java.util.List;
import java.util.stream.Stream;

/**
 * Everything that was measured, as it was measured.
 *
 * @param started time of the start, ISO 8601 in UTC
 * @param measured in the order of the measurements
 * @param absent who did not take part in what, and why
 * @param checks whether the contestants compute the same, empty if that was not asked for
 */
public record Results(
        String started,
        Machine machine,
        MeasurementPlan pace,
        int threads,
        List<Contestant> contestants,
        List<Measured> measured,
        List<MeasuredLimits> limits,
        List<Absent> absent,
        List<Checked> checks) {
    /**
     * One process.
     *
     * @param round counted from 1
     */
    public record Measured(int round, Case setting, Task task, String contestant, Measurement answer) {
        /** Batch size by the median duration of a step. */
        public double imagesPerSecond() {
            return setting.batch() / Summary.of(answer.iterationSeconds()).median();
        }
    }

    /**
     * The limits, measured in a round.
     *
     * @param round counted from 1
     */
    public record MeasuredLimits(int round, Case setting, ConvolutionLimits limits) {
        /** What the convolutions alone would allow. */
        public double imagesPerSecond(Task task) {
            return setting.batch() / limits.seconds(task);
        }
    }

    /** Someone who could not take part. */
    public record Absent(Case setting, Task task, String contestant, String reason) {}

    /**
     * One contestant compared with the first one that answered.
     *
     * @param outputDifference greatest distance of two log-probabilities
     * @param lossDifference greatest distance of two losses of the first training steps, relative to the loss
     * @param verdict whether it is the same network
     */
    public record Checked(
            Case setting,
            String contestant,
            String reference,
            long parameters,
            double outputDifference,
            double lossDifference,
            Verdict verdict) {}

    /** Whether two contestants compute the same. */
    public enum Verdict {
        SAME,
        DIFFERENT
    }

    public Results {
        contestants = List.copyOf(contestants);
        measured = List.copyOf(measured);
        limits = List.copyOf(limits);
        absent = List.copyOf(absent);
        checks = List.copyOf(checks);
    }

    /** The cases in the order in which they were first met. */
    public List<Case> cases() {
        return Stream.of(
                        measured.stream().map(Measured::setting),
                        absent.stream().map(Absent::setting),
                        checks.stream().map(Checked::setting))
                .flatMap(s -> s)
                .distinct()
                .toList();
    }
}
