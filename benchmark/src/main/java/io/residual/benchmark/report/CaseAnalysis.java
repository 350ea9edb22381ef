package io.residual.benchmark.report;

import io.residual.benchmark.measurement.Precision;
import io.residual.benchmark.measurement.Summary;
import io.residual.benchmark.measurement.Task;
import io.residual.benchmark.network.Network;
import io.residual.benchmark.report.CaseTable.CaseResult;
import io.residual.benchmark.report.CaseTable.Comparison;
import io.residual.benchmark.report.CaseTable.Latency;
import io.residual.benchmark.report.CaseTable.Row;
import io.residual.benchmark.rounds.Case;
import io.residual.benchmark.rounds.Contestant;
import io.residual.benchmark.rounds.Contestant.Family;
import io.residual.benchmark.rounds.Results;
import io.residual.benchmark.rounds.Results.MeasuredLimits;
import io.residual.benchmark.rounds.Results.TimedRun;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.ToDoubleFunction;
import org.apache.commons.statistics.descriptive.Quantile;
import org.jspecify.annotations.Nullable;

/** The measurements of one case and task. */
record CaseAnalysis(Results results, Case setting, Task task, List<TimedRun> measured) {
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
        return new CaseResult(setting, task, limits.isEmpty() ? null : Summary.of(limits), rows, comparisons(rows));
    }

    private Row row(Contestant contestant) {
        List<TimedRun> own = measured.stream()
                .filter(m -> m.contestant().equals(contestant.name()))
                .toList();
        Precision precision = contestant.precision();
        // The limits are those of 32-bit floats.
        List<TimedRun> limited = precision == Precision.F32 ? own : List.of();
        return new Row(
                contestant.name(),
                contestant.family(),
                precision,
                Summary.of(own.stream().map(TimedRun::imagesPerSecond).toList()),
                setting.measuresLatency() ? new Latency(millis(own, 0.5), millis(own, 0.99)) : null,
                ratio(own, m -> fastest(m.round(), of(Family.PYTORCH, precision))),
                ratio(own, m -> fastest(m.round(), of(Family.STOCK, precision))),
                ratio(limited, m -> limits(m.round()).map(l -> l.imagesPerSecond(task))),
                ratio(limited, m -> limits(m.round()).map(l -> l.limits().matrixFlops() / flops())),
                own.stream()
                        .map(m -> m.answer().peakResidentBytes())
                        .filter(Objects::nonNull)
                        .max(Long::compare)
                        .orElse(null));
    }

    private static double millis(List<TimedRun> own, double share) {
        ToDoubleFunction<TimedRun> millis = m -> 1000
                * Quantile.withDefaults()
                        .evaluate(
                                m.answer().iterationSeconds().stream()
                                        .mapToDouble(s -> s)
                                        .toArray(),
                                share);
        return Summary.of(own.stream().map(millis::applyAsDouble).toList()).median();
    }

    private List<Comparison> comparisons(List<Row> rows) {
        List<Comparison> comparisons = new ArrayList<>();
        for (Precision precision : Precision.values()) {
            comparisons.addAll(comparisons(rows, precision));
        }
        comparisons.addAll(comparisons(rows, null));
        return comparisons;
    }

    private List<Comparison> comparisons(List<Row> rows, @Nullable Precision precision) {
        List<Comparison> comparisons = new ArrayList<>();
        for (Family side : List.of(Family.PYTORCH, Family.ONNX_RUNTIME)) {
            Predicate<Contestant> ours = of(Family.RESIDUAL, precision);
            Predicate<Contestant> theirs = of(side, precision);
            List<Double> ratios = measured.stream()
                    .map(TimedRun::round)
                    .distinct()
                    .flatMap(round ->
                            fastest(round, ours)
                                    .flatMap(a -> fastest(round, theirs).map(b -> a / b))
                                    .stream())
                    .toList();
            if (!ratios.isEmpty()) {
                double ratio = Summary.of(ratios).median();
                comparisons.add(new Comparison(precision, first(rows, ours), first(rows, theirs), ratio));
            }
        }
        return comparisons;
    }

    private Row first(List<Row> rows, Predicate<Contestant> wanted) {
        return rows.stream()
                .filter(row -> wanted.test(contestant(row.contestant())))
                .findFirst()
                .orElseThrow();
    }

    private static Predicate<Contestant> of(Family family, @Nullable Precision precision) {
        return c -> c.family() == family && (precision == null || c.precision() == precision);
    }

    /** Median over the rounds that have both sides; none if there is no such round. */
    private static @Nullable Double ratio(List<TimedRun> own, Function<TimedRun, Optional<Double>> other) {
        List<Double> ratios = own.stream()
                .flatMap(m -> other.apply(m).map(o -> m.imagesPerSecond() / o).stream())
                .toList();
        return ratios.isEmpty() ? null : Summary.of(ratios).median();
    }

    private Optional<Double> fastest(int round, Predicate<Contestant> wanted) {
        return measured.stream()
                .filter(m -> m.round() == round && wanted.test(contestant(m.contestant())))
                .map(TimedRun::imagesPerSecond)
                .max(Double::compare);
    }

    private Contestant contestant(String name) {
        return results.contestants().stream()
                .filter(c -> c.name().equals(name))
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
        return 2.0 * (task == Task.TRAIN ? network.multiplyAdds().training() : network.multiplyAdds().forward());
    }
}
