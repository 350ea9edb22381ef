package io.residual.benchmark.report;

import static java.util.stream.Collectors.groupingBy;
import static java.util.stream.Collectors.joining;
import static java.util.stream.Collectors.toList;

import io.residual.benchmark.measurement.Precision;
import io.residual.benchmark.measurement.Summary;
import io.residual.benchmark.measurement.Task;
import io.residual.benchmark.report.CaseTable.CaseResult;
import io.residual.benchmark.report.CaseTable.Comparison;
import io.residual.benchmark.report.CaseTable.Row;
import io.residual.benchmark.rounds.Contestant.Family;
import io.residual.benchmark.rounds.Machine;
import io.residual.benchmark.rounds.Results;
import io.residual.benchmark.rounds.Results.SkippedRun;
import io.residual.report.Numbers;
import io.residual.report.page.Table;
import io.residual.report.page.Table.Column;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The results as a page in Markdown, and as text for the terminal. */
record BenchmarkPage(Results results, CaseTable table) {
    /** The complete page. It shows the charts beside it. */
    String markdown() {
        StringBuilder page = new StringBuilder("# Benchmark\n\n");
        page.append(machine()).append('\n').append(new QuietCheck(results).markdown());
        page.append(comparisons().stream()
                .map(t -> "\n## " + t.caption() + "\n\n" + t.toMarkdown())
                .collect(joining()));
        for (CaseResult result : table.cases()) {
            page.append("\n## ").append(title(result)).append("\n\n");
            CaseChart chart = new CaseChart(result);
            page.append("![")
                    .append(chart.title())
                    .append("](")
                    .append(chart.file())
                    .append(")\n\n");
            page.append(table(result).toMarkdown());
            page.append(limit(result));
        }
        page.append(new MethodNotes(results).markdown());
        page.append(skips());
        return page.toString();
    }

    /** The tables, and what could not be measured. */
    String text() {
        StringBuilder text = new StringBuilder();
        comparisons()
                .forEach(t ->
                        text.append(t.caption()).append('\n').append(t.toText()).append('\n'));
        for (CaseResult result : table.cases()) {
            text.append(title(result)).append('\n').append(table(result).toText());
            text.append(limit(result).stripLeading()).append('\n');
        }
        skipped().forEach(line -> text.append(line).append('\n'));
        text.append(new QuietCheck(results).markdown());
        return text.toString();
    }

    /** This project and the others, case by case: within each precision, then each side with its fastest. */
    private List<Table> comparisons() {
        return Stream.of(
                        comparisons("Within a precision", c -> c.precision() != null),
                        comparisons("The fastest of each side in any precision", c -> c.precision() == null))
                .flatMap(Optional::stream)
                .toList();
    }

    private Optional<Table> comparisons(String title, Predicate<Comparison> wanted) {
        List<List<String>> rows = new ArrayList<>();
        for (CaseResult result : table.cases()) {
            Map<Optional<Precision>, List<Comparison>> byPrecision = result.comparisons().stream()
                    .filter(wanted)
                    .collect(groupingBy(c -> Optional.ofNullable(c.precision()), LinkedHashMap::new, toList()));
            byPrecision.values().forEach(same -> rows.add(comparison(result, same)));
        }
        return rows.isEmpty()
                ? Optional.empty()
                : Optional.of(Table.of(
                                title,
                                Column.text("case"),
                                Column.text("precision"),
                                Column.number("this project"),
                                Column.number("PyTorch"),
                                Column.number("ratio"),
                                Column.number("ONNX Runtime"),
                                Column.number("ratio"))
                        .rows(rows));
    }

    private static List<String> comparison(CaseResult result, List<Comparison> sides) {
        Comparison first = sides.get(0);
        List<String> row = new ArrayList<>(List.of(
                result.task().title() + " " + result.setting().label(),
                first.precision() == null ? "any" : first.precision().title(),
                rateAndName(first.ours())));
        for (Family side : List.of(Family.PYTORCH, Family.ONNX_RUNTIME)) {
            Optional<Comparison> other =
                    sides.stream().filter(c -> c.other().family() == side).findFirst();
            row.add(other.map(c -> rateAndName(c.other())).orElse(Numbers.NOT_AVAILABLE));
            row.add(other.map(c -> Numbers.fixed(c.ratio(), 2)).orElse(Numbers.NOT_AVAILABLE));
        }
        return row;
    }

    private static String rateAndName(Row row) {
        return CaseTable.rate(row.imagesPerSecond().median()) + " (" + row.contestant() + ")";
    }

    private static Table table(CaseResult result) {
        return result.setting().measuresLatency() ? latencies(result) : rates(result);
    }

    private static Table rates(CaseResult result) {
        Table table = Table.of(
                title(result),
                Column.text("program"),
                Column.text("precision"),
                Column.number("images/s"),
                Column.number("min - max"),
                Column.number("x best PyTorch"),
                Column.number("x stock"),
                Column.number("of conv limit"),
                Column.number("of peak"),
                Column.number("memory"));
        return table.rows(result.rows().stream()
                .map(row -> List.of(
                        row.contestant(),
                        row.precision().title(),
                        CaseTable.rate(row.imagesPerSecond().median()),
                        range(row.imagesPerSecond()),
                        orNotAvailable(row.toPyTorch(), ratio -> Numbers.fixed(ratio, 2)),
                        orNotAvailable(row.toStock(), ratio -> Numbers.fixed(ratio, 2)),
                        orNotAvailable(row.ofLimit(), share -> Numbers.percent(share, 0)),
                        orNotAvailable(row.ofPeak(), share -> Numbers.percent(share, 0)),
                        orNotAvailable(row.peakResidentBytes(), BenchmarkPage::gigabytes)))
                .toList());
    }

    private static Table latencies(CaseResult result) {
        Table table = Table.of(
                title(result),
                Column.text("program"),
                Column.text("precision"),
                Column.number("p50, ms"),
                Column.number("p99, ms"),
                Column.number("x best PyTorch"),
                Column.number("x stock"),
                Column.number("memory"));
        return table.rows(result.rows().stream()
                .map(row -> List.of(
                        row.contestant(),
                        row.precision().title(),
                        orNotAvailable(row.latency(), l -> Numbers.fixed(l.p50Millis(), 2)),
                        orNotAvailable(row.latency(), l -> Numbers.fixed(l.p99Millis(), 2)),
                        orNotAvailable(row.toPyTorch(), ratio -> Numbers.fixed(ratio, 2)),
                        orNotAvailable(row.toStock(), ratio -> Numbers.fixed(ratio, 2)),
                        orNotAvailable(row.peakResidentBytes(), BenchmarkPage::gigabytes)))
                .toList());
    }

    private static <T> String orNotAvailable(@Nullable T value, Function<T, String> text) {
        return value == null ? Numbers.NOT_AVAILABLE : text.apply(value);
    }

    private static String range(Summary rate) {
        return CaseTable.rate(rate.min()) + " - " + CaseTable.rate(rate.max());
    }

    /** Gigabytes of 10^9 bytes. */
    private static String gigabytes(long bytes) {
        return Numbers.fixed(bytes * 1e-9, 2) + " GB";
    }

    private static String title(CaseResult result) {
        return String.format(
                Locale.ROOT,
                "%s of %s, %d x %d pixels, batch %d%s",
                result.task() == Task.TRAIN ? "Training" : "Inference",
                result.setting().model().title(),
                result.setting().pixels(),
                result.setting().pixels(),
                result.setting().batch(),
                result.setting().width() == result.setting().model().width()
                        ? ""
                        : ", width " + result.setting().width());
    }

    private String machine() {
        Machine machine = results.machine();
        return String.format(
                Locale.ROOT,
                "%s, %d cores, %s of memory, %s, %s. Started %s; load of the machine then: %.2f. %d threads each.%n",
                machine.processor(),
                machine.cores(),
                gigabytes(machine.memoryBytes()),
                machine.operatingSystem(),
                machine.javaVersion(),
                results.started(),
                machine.load(),
                results.threads());
    }

    private static String limit(CaseResult result) {
        Summary limit = result.limit();
        return limit == null
                ? ""
                : "\nThe convolutions alone: " + CaseTable.rate(limit.median()) + " images/s (" + range(limit) + ").\n";
    }

    private String skips() {
        return results.skipped().isEmpty()
                ? ""
                : "\n## SkippedRun\n\n"
                        + String.join(
                                "",
                                skipped().stream()
                                        .map(line -> "- " + line + "\n")
                                        .toList());
    }

    /** A line for each contestant and reason: what could not be measured, and why. */
    private List<String> skipped() {
        Map<String, String> places = new LinkedHashMap<>();
        for (SkippedRun one : results.skipped()) {
            places.merge(
                    one.contestant() + ": " + one.reason(),
                    one.task().title() + " " + one.setting().label(),
                    (a, b) -> a + ", " + b);
        }
        return places.entrySet().stream()
                .map(e -> e.getKey() + " (not measured: " + e.getValue() + ")")
                .toList();
    }
}
