package io.residual.benchmark.report;

import io.residual.benchmark.measurement.Precision;
import io.residual.benchmark.measurement.Summary;
import io.residual.benchmark.measurement.Task;
import io.residual.benchmark.rounds.Case;
import io.residual.benchmark.rounds.Contestant.Family;
import io.residual.benchmark.rounds.Results;
import io.residual.benchmark.rounds.Results.TimedRun;
import io.residual.report.Numbers;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The results of all rounds together. A ratio is taken within each round, and the table shows the median of the ratios:
 * what slows the machine down for a round does not change it.
 *
 * @param cases one for each case and task with a measurement
 */
public record CaseTable(List<CaseResult> cases) {
    /**
     * All contestants in one case and task.
     *
     * @param limit images per second that the convolutions alone would allow, absent if it was not measured
     * @param rows the fastest first
     * @param comparisons of this project with others, precision by precision, then in any
     */
    public record CaseResult(
            Case setting, Task task, @Nullable Summary limit, List<Row> rows, List<Comparison> comparisons) {
        public CaseResult {
            rows = List.copyOf(rows);
            comparisons = List.copyOf(comparisons);
        }
    }

    /**
     * One contestant. Ratios and shares are absent where one side was not measured, and between precisions.
     *
     * @param imagesPerSecond over the rounds
     * @param latency of one image, absent in batches of several
     * @param toPyTorch ratio to the fastest contestant of the round that is made of PyTorch and has this precision
     * @param toStock ratio to stock DL4J
     * @param ofLimit share of what the convolutions alone would allow
     * @param ofPeak share of the floating-point operations of a large matrix product
     * @param peakResidentBytes maximum of all rounds
     */
    public record Row(
            String contestant,
            Family family,
            Precision precision,
            Summary imagesPerSecond,
            @Nullable Latency latency,
            @Nullable Double toPyTorch,
            @Nullable Double toStock,
            @Nullable Double ofLimit,
            @Nullable Double ofPeak,
            @Nullable Long peakResidentBytes) {}

    /**
     * Milliseconds for one image: medians over the rounds.
     *
     * @param p50Millis half of a round's calls took no longer
     * @param p99Millis 99 % of a round's calls took no longer
     */
    public record Latency(double p50Millis, double p99Millis) {}

    /**
     * This project and another side.
     *
     * @param precision of both, absent if each has its fastest
     * @param ours its contestant with the highest median
     * @param other the other side's
     * @param ratio median over the rounds of our fastest to their fastest
     */
    public record Comparison(@Nullable Precision precision, Row ours, Row other, double ratio) {}

    /** One decimal below 100, none above. */
    static String rate(double imagesPerSecond) {
        return Numbers.fixed(imagesPerSecond, imagesPerSecond < 100 ? 1 : 0);
    }

    public CaseTable {
        cases = List.copyOf(cases);
    }

    /** The table of what has been measured. */
    public static CaseTable of(Results results) {
        List<CaseResult> cases = new ArrayList<>();
        for (Case setting : results.cases()) {
            for (Task task : List.of(Task.TRAIN, Task.INFER)) {
                List<TimedRun> measured = results.measured().stream()
                        .filter(m -> m.setting().equals(setting) && m.task() == task)
                        .toList();
                if (!measured.isEmpty()) {
                    cases.add(new CaseAnalysis(results, setting, task, measured).result());
                }
            }
        }
        return new CaseTable(cases);
    }
}
