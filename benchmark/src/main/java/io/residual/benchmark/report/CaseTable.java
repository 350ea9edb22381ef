package io.residual.benchmark.report;

import io.residual.benchmark.measurement.Summary;
import io.residual.benchmark.measurement.Task;
import io.residual.benchmark.network.Network;
import io.residual.benchmark.rounds.Case;
import io.residual.benchmark.rounds.Contestant;
import io.residual.benchmark.rounds.Contestant.Family;
import io.residual.benchmark.rounds.Results;
import io.residual.benchmark.rounds.Results.MeasuredLimits;
import io.residual.benchmark.rounds.Results.TimedRun;
import io.residual.report.Numbers;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
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
     */
    public record CaseResult(
            Case setting, Task task, @Nullable Summary limit, List<Row> rows) {
        public CaseResult {
            rows = List.copyOf(rows);
        }
    }

    /**
     * One contestant. Ratios and shares are absent where one side was not measured.
     *
     * @param imagesPerSecond over the rounds
     * @param toPyTorch ratio to the fastest contestant of the round that is made of PyTorch
     * @param toStock ratio to stock DL4J
     * @param ofLimit share of what the convolutions alone would allow
     * @param ofPeak share of the floating-point operations of a large matrix product
     * @param peakResidentBytes maximum of all rounds
     */
    public record Row(
            String contestant,
            Family family,
            Summary imagesPerSecond,
            @Nullable Double toPyTorch,
            @Nullable Double toStock,
            @Nullable Double ofLimit,
            @Nullable Double ofPeak,
            @Nullable Long peakResidentBytes) {}

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

    /** The measurements of one case and task. */
    private record CaseAnalysis(Results results, Case setting, Task task, List<TimedRun> measured) {
        CaseResult result() {
            List<Row> rows = results.contestants().stream()
                    .filter(c -> measured.stream().anyMatch(m -> m.contestant().equals(c.name())))
                    .map(this::row)
                    .sorted((a, b) -> Double.compare(
                            b.imagesPerSecond().median(), a.imagesPerSecond().median()))
                    .toList();
            List<Double> limits = results.limits().stream()
                    .filter(l -> l.setting().equals(setting))
                    .map(l -> l.imagesPerSecond(task))
                    .toList();
            return new CaseResult(setting, task, limits.isEmpty() ? null : Summary.of(limits), rows);
        }

        private Row row(Contestant contestant) {
            List<TimedRun> own = measured.stream()
                    .filter(m -> m.contestant().equals(contestant.name()))
                    .toList();
            return new Row(
                    contestant.name(),
                    contestant.family(),
                    Summary.of(own.stream().map(TimedRun::imagesPerSecond).toList()),
                    ratio(own, m -> fastest(m.round(), Family.PYTORCH)),
                    ratio(own, m -> fastest(m.round(), Family.STOCK)),
                    ratio(own, m -> limits(m.round()).map(l -> l.imagesPerSecond(task))),
                    ratio(own, m -> limits(m.round()).map(l -> l.limits().matrixFlops() / flops())),
                    own.stream()
                            .map(m -> m.answer().peakResidentBytes())
                            .filter(Objects::nonNull)
                            .max(Long::compare)
                            .orElse(null));
        }

        /** Median over the rounds that have both sides; none if there is no such round. */
        private static @Nullable Double ratio(List<TimedRun> own, Function<TimedRun, Optional<Double>> other) {
            List<Double> ratios = own.stream()
                    .flatMap(m -> other.apply(m).map(o -> m.imagesPerSecond() / o).stream())
                    .toList();
            return ratios.isEmpty() ? null : Summary.of(ratios).median();
        }

        private Optional<Double> fastest(int round, Family family) {
            return measured.stream()
                    .filter(m -> m.round() == round && family(m.contestant()) == family)
                    .map(TimedRun::imagesPerSecond)
                    .max(Double::compare);
        }

        private Family family(String contestant) {
            return results.contestants().stream()
                    .filter(c -> c.name().equals(contestant))
                    .map(Contestant::family)
                    .findFirst()
                    .orElseThrow();
        }

        private Optional<MeasuredLimits> limits(int round) {
            return results.limits().stream()
                    .filter(l -> l.round() == round && l.setting().equals(setting))
                    .findFirst();
        }

        /** Floating-point operations for one image: two for each multiply-add. */
        private double flops() {
            Network network = Network.of(setting.spec());
            return 2.0 * (task == Task.TRAIN ? network.trainingMultiplyAdds() : network.forwardMultiplyAdds());
        }
    }
}
