package io.residual.benchmark.rounds;

import io.residual.benchmark.measurement.ConvolutionLimits;
import io.residual.benchmark.measurement.Measurement;
import io.residual.benchmark.measurement.MeasurementPlan;
import io.residual.benchmark.measurement.Summary;
import io.residual.benchmark.measurement.Task;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Everything that was measured, as it was measured.
 *
 * @param started time of the start, ISO 8601 in UTC
 * @param measured in the order of the measurements
 * @param skipped what could not be measured or checked, and why
 * @param checks whether the contestants compute the same, empty if that was not asked for
 */
public record Results(
        String started,
        Machine machine,
        MeasurementPlan plan,
        int threads,
        List<Contestant> contestants,
        List<TimedRun> measured,
        List<MeasuredLimits> limits,
        List<SkippedRun> skipped,
        List<EqualityResult> checks) {
    /**
     * One process.
     *
     * @param round counted from 1
     * @param background what else the machine did meanwhile
     */
    public record TimedRun(
            int round, Case setting, Task task, String contestant, Measurement answer, Background background) {
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

    /** A contestant that could not be measured or checked. */
    public record SkippedRun(Case setting, Task task, String contestant, String reason) {}

    /**
     * One contestant compared with the first one that succeeded.
     *
     * @param outputDifference largest distance of two log-probabilities
     * @param lossDifference largest distance of two losses of the first training steps, relative to the loss; absent if it does
     *     not train
     * @param verdict whether it is the same network, as far as its precision shows
     */
    public record EqualityResult(
            Case setting,
            String contestant,
            String reference,
            long parameters,
            double outputDifference,
            @Nullable Double lossDifference,
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
        skipped = List.copyOf(skipped);
        checks = List.copyOf(checks);
    }

    /** The cases in order of their first measurement. */
    public List<Case> cases() {
        return Stream.of(
                        measured.stream().map(TimedRun::setting),
                        skipped.stream().map(SkippedRun::setting),
                        checks.stream().map(EqualityResult::setting))
                .flatMap(s -> s)
                .distinct()
                .toList();
    }
}
