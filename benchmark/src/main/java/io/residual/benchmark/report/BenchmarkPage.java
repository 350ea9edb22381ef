package io.residual.benchmark.report;

import io.residual.benchmark.measurement.Job;
import io.residual.benchmark.measurement.Summary;
import io.residual.benchmark.measurement.Task;
import io.residual.benchmark.network.Network;
import io.residual.benchmark.report.CaseTable.CaseResult;
import io.residual.benchmark.rounds.Case;
import io.residual.benchmark.rounds.Contestant;
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
import java.util.TreeMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The results as a page in Markdown, and as text for the terminal. */
record BenchmarkPage(Results results, CaseTable table) {
    /** The complete page. It shows the charts beside it. */
    String markdown() {
        StringBuilder page = new StringBuilder("# Benchmark\n\n");
        page.append(machine());
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
        page.append(how());
        page.append(settings());
        page.append(checks());
        page.append(skips());
        return page.toString();
    }

    /** The tables, and what could not be measured. */
    String text() {
        StringBuilder text = new StringBuilder();
        for (CaseResult result : table.cases()) {
            text.append(title(result)).append('\n').append(table(result).toText());
            text.append(limit(result).stripLeading()).append('\n');
        }
        skipped().forEach(line -> text.append(line).append('\n'));
        return text.toString();
    }

    private static Table table(CaseResult result) {
        Table table = Table.of(
                title(result),
                Column.text("program"),
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
                        CaseTable.rate(row.imagesPerSecond().median()),
                        range(row.imagesPerSecond()),
                        orNotAvailable(row.toPyTorch(), ratio -> Numbers.fixed(ratio, 2)),
                        orNotAvailable(row.toStock(), ratio -> Numbers.fixed(ratio, 2)),
                        orNotAvailable(row.ofLimit(), share -> Numbers.percent(share, 0)),
                        orNotAvailable(row.ofPeak(), share -> Numbers.percent(share, 0)),
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

    /** Whatever its batch, a case has the same network. */
    private static String network(Case setting) {
        Network network = Network.of(setting.spec());
        return String.format(
                Locale.ROOT,
                "- %s, %d pixels, width %d: %,d parameters; %.1f million multiply-adds for an image forward, %.1f million in"
                        + " training.%n",
                setting.model().title(),
                setting.pixels(),
                setting.width(),
                setting.spec().parameters(),
                network.forwardMultiplyAdds() * 1e-6,
                network.trainingMultiplyAdds() * 1e-6);
    }

    private String how() {
        StringBuilder text = new StringBuilder("\n## What is measured\n\n");
        results.cases().stream().map(BenchmarkPage::network).distinct().forEach(text::append);
        text.append(String.format(
                Locale.ROOT,
                """
                - ResNet-18 is the d2l book's: biased convolutions, a bare 1x1 convolution as projection. ResNet-20 is He et al.'s for
                  small images, with shortcuts padded with zeros (option A). One channel, 10 classes; 32-bit floats, but for
                  residual-bf16, whose outputs are not compared. All read the same weights and the same random batch from a file.
                - Training: forward pass, mean softmax cross entropy, backward pass, update by plain SGD (rate %.2f), repeatedly
                  on that batch. Inference: forward pass in evaluation mode, no gradients; DL4J's includes the softmax.
                - Each figure is batch size by the median duration of a step, in a new process each time, after at least %d steps
                  and %.0f s of warm-up, over at least %d steps and %.0f s. The table has the median, the minimum and the maximum
                  of the rounds.
                - Ratios are taken within a round and the table has the median of the ratios. The best PyTorch is the fastest contestant
                  of the round that is made of PyTorch, by DJL or in Python, with whatever settings.
                - The convolution limit is the sum of the times of all convolutions of the network, each alone in oneDNN in its
                  fastest layout. It is beaten only by skipping multiplications, such as those by padding: on maps of 1 x 1
                  pixels these are 8 of the 9 of a 3x3 window.
                - The share of the peak counts the multiply-adds of all layers as papers do, padding included.
                  The peak is a product of two 2048 x 2048 matrices in oneDNN%s.
                - Memory is the peak resident size of the process (VmHWM).
                """,
                Job.LEARNING_RATE,
                results.plan().warmupIterations(),
                results.plan().warmupSeconds(),
                results.plan().iterations(),
                results.plan().seconds(),
                peak()));
        return text.toString();
    }

    private String peak() {
        List<Double> peaks =
                results.limits().stream().map(l -> l.limits().matrixFlops()).toList();
        return peaks.isEmpty()
                ? ""
                : String.format(Locale.ROOT, ": %.0f GFLOP/s", Summary.of(peaks).median() * 1e-9);
    }

    private String settings() {
        StringBuilder text = new StringBuilder("\n## Programs and their settings\n\n");
        Map<String, String> versions = new TreeMap<>();
        results.measured()
                .forEach(m -> new TreeMap<>(m.answer().versions())
                        .forEach((name, version) -> versions.merge(
                                m.contestant(), name + " " + version, (a, b) -> a.contains(b) ? a : a + ", " + b)));
        for (Contestant contestant : results.contestants()) {
            text.append("- **").append(contestant.name()).append("**: ").append(contestant.description());
            if (versions.containsKey(contestant.name())) {
                text.append(' ').append(versions.get(contestant.name())).append('.');
            }
            text.append("  \n  `").append(contestant.settings()).append("`\n");
        }
        return text.toString();
    }

    private String checks() {
        if (results.checks().isEmpty()) {
            return "\nThis run did not check whether the contestants compute the same.\n";
        }
        List<List<String>> rows = new ArrayList<>();
        results.checks()
                .forEach(c -> rows.add(List.of(
                        c.contestant(),
                        c.setting().label(),
                        Numbers.count(c.parameters()),
                        String.format(Locale.ROOT, "%.1e", c.outputDifference()),
                        String.format(Locale.ROOT, "%.1e", c.lossDifference()),
                        c.verdict().name().toLowerCase(Locale.ROOT))));
        return "\n## The same network?\n\nLargest differences from "
                + results.checks().get(0).reference()
                + ", of the log-probabilities and of the losses of the first training steps (relative).\n\n"
                + Table.of(
                                "The same network?",
                                Column.text("program"),
                                Column.number("case"),
                                Column.number("parameters"),
                                Column.number("outputs"),
                                Column.number("losses"),
                                Column.number("verdict"))
                        .rows(rows)
                        .toMarkdown();
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
