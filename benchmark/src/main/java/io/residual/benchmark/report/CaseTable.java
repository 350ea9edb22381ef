package io.residual.benchmark.report;

import io.residual.benchmark.measurement.Summary;
import io.residual.benchmark.measurement.Task;
import io.residual.benchmark.network.Network;
import io.residual.benchmark.rounds.Case;
import io.residual.benchmark.rounds.Contestant;
import io.residual.benchmark.rounds.Contestant.Family;
import io.residual.benchmark.rounds.Results;
import io.residual.benchmark.rounds.Results.Measured;
import io.residual.benchmark.rounds.Results.MeasuredLimits;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What the rounds say together. A ratio is taken within each round, and the median of the ratios is told: what slows the whole
 * machine for a round leaves it alone.
 *
 * @param contests one for each case and task that anybody was measured in
 */
public record CaseTable(List<Contest> contests) {
    /**
     * Everybody in one case and task.
     *
     * @param limit images per second that the convolutions alone would allow, absent if it was not measured
     * @param rows the fastest first
     */
    public record Contest(Case setting, Task task, @Nullable Summary limit, List<Row> rows) {
        public Contest {
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
     * @param peakResidentBytes the most of all rounds
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

    public CaseTable {
        contests = List.copyOf(contests);
    }

    /** The standings of what has been measured. */
    public static CaseTable of(Results results) {
        List<Contest> contests = new ArrayList<>();
        for (Case setting : results.cases()) {
            for (Task task : List.of(Task.TRAIN, Task.INFER)) {
                List<Measured> measured = results.measured().stream()
                        .filter(m -> m.setting().equals(setting) && m.task() == task)
                        .toList();
                if (!measured.isEmpty()) {
                    contests.add(new Reckoning(results, setting, task, measured).contest());
                }
            }
        }
        return new CaseTable(contests);
    }

    /** The measurements of one case and task. */
    private record Reckoning(Results results, Case setting, Task task, List<Measured> measured) {
        Contest contest() {
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
            return new Contest(setting, task, limits.isEmpty() ? null : Summary.of(limits), rows);
        }

        private Row row(Contestant contestant) {
            List<Measured> own = measured.stream()
                    .filter(m -> m.contestant().equals(contestant.name()))
                    .toList();
            return new Row(
                    contestant.name(),
                    contestant.family(),
                    Summary.of(own.stream().map(Measured::imagesPerSecond).toList()),
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
        private static @Nullable Double ratio(List<Measured> own, Function<Measured, Optional<Double>> other) {
            List<Double> ratios = own.stream()
                    .flatMap(m -> other.apply(m).map(o -> m.imagesPerSecond() / o).stream())
                    .toList();
            return ratios.isEmpty() ? null : Summary.of(ratios).median();
        }

        private Optional<Double> fastest(int round, Family family) {
            return measured.stream()
                    .filter(m -> m.round() == round && family(m.contestant()) == family)
                    .map(Measured::imagesPerSecond)
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
