package io.residual.benchmark.report;

import io.residual.benchmark.measurement.Job;
import io.residual.benchmark.measurement.Summary;
import io.residual.benchmark.measurement.Task;
import io.residual.benchmark.network.Network;
import io.residual.benchmark.report.CaseTable.Contest;
import io.residual.benchmark.rounds.Case;
import io.residual.benchmark.rounds.Contestant;
import io.residual.benchmark.rounds.Machine;
import io.residual.benchmark.rounds.Results;
import io.residual.benchmark.rounds.Results.Absent;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** The results as a page in Markdown, and as text for the terminal. */
record BenchmarkPage(Results results, CaseTable standings) {
    /** The whole page. It shows the charts beside it. */
    String markdown() {
        StringBuilder page = new StringBuilder("# Benchmark\n\n");
        page.append(machine());
        for (Contest contest : standings.contests()) {
            page.append("\n## ").append(title(contest)).append("\n\n");
            CaseChart chart = new CaseChart(contest);
            page.append("![")
                    .append(chart.title())
                    .append("](")
                    .append(chart.file())
                    .append(")\n\n");
            page.append(Table.of(contest).markdown());
            page.append(limit(contest));
        }
        page.append(how());
        page.append(settings());
        page.append(checks());
        page.append(absences());
        return page.toString();
    }

    /** The tables, and who is missing. */
    String text() {
        StringBuilder text = new StringBuilder();
        for (Contest contest : standings.contests()) {
            text.append(title(contest)).append('\n').append(Table.of(contest).text());
            text.append(limit(contest).stripLeading()).append('\n');
        }
        absent().forEach(line -> text.append(line).append('\n'));
        return text.toString();
    }

    private static String title(Contest contest) {
        return String.format(
                Locale.ROOT,
                "%s of %s, %d x %d pixels, batch %d%s",
                contest.task() == Task.TRAIN ? "Training" : "Inference",
                contest.setting().model().title(),
                contest.setting().pixels(),
                contest.setting().pixels(),
                contest.setting().batch(),
                contest.setting().width() == contest.setting().model().width()
                        ? ""
                        : ", width " + contest.setting().width());
    }

    private String machine() {
        Machine machine = results.machine();
        return String.format(
                Locale.ROOT,
                "%s, %d cores, %s of memory, %s, %s. Started %s; load of the machine then: %.2f. %d threads each.%n",
                machine.processor(),
                machine.cores(),
                Numbers.gigabytes(machine.memoryBytes()),
                machine.operatingSystem(),
                machine.javaVersion(),
                results.started(),
                machine.load(),
                results.threads());
    }

    private static String limit(Contest contest) {
        Summary limit = contest.limit();
        return limit == null
                ? ""
                : "\nThe convolutions alone: " + Numbers.rate(limit.median()) + " images/s (" + Numbers.range(limit)
                        + ").\n";
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
                  residual-bf16, which takes no part in the comparison of outputs. Everybody reads the same weights and the same random batch from a file.
                - Training: forward pass, mean softmax cross entropy, backward pass, update by plain SGD (rate %.2f), again and
                  again on that batch. Inference: forward pass in evaluation mode, no gradients; DL4J's includes the softmax.
                - Each figure is batch size by the median duration of a step, in a new process each time, after at least %d steps
                  and %.0f s of warm-up, over at least %d steps and %.0f s. The table has the median, the least and the greatest
                  of the rounds.
                - Ratios are taken within a round and the median of the ratios is told. The best PyTorch is the fastest contestant
                  of the round that is made of PyTorch, by DJL or in Python, with whatever settings.
                - The convolution limit is the sum of the times of all convolutions of the network, each alone in oneDNN in its
                  fastest layout. It is beaten only by leaving out multiplications, such as those by padding: on maps of 1 x 1
                  pixels these are 8 of the 9 of a 3x3 window.
                - The share of the peak counts the multiply-adds of all layers as papers do, padding included.
                  The peak is a product of two 2048 x 2048 matrices in oneDNN%s.
                - Memory is the most that was resident in the process (VmHWM).
                """,
                Job.LEARNING_RATE,
                results.pace().warmupIterations(),
                results.pace().warmupSeconds(),
                results.pace().iterations(),
                results.pace().seconds(),
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
        StringBuilder text = new StringBuilder("\n## Contestants and their settings\n\n");
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
            return "\nWhether the contestants compute the same was not checked in this run (`--check`).\n";
        }
        List<List<String>> rows = new ArrayList<>();
        results.checks()
                .forEach(c -> rows.add(List.of(
                        c.contestant(),
                        c.setting().label(),
                        String.format(Locale.ROOT, "%,d", c.parameters()),
                        String.format(Locale.ROOT, "%.1e", c.outputDifference()),
                        String.format(Locale.ROOT, "%.1e", c.lossDifference()),
                        c.verdict().name().toLowerCase(Locale.ROOT))));
        return "\n## The same network?\n\nGreatest differences from "
                + results.checks().get(0).reference()
                + ", of the log-probabilities and of the losses of the first training steps (relative).\n\n"
                + new Table(List.of("contestant", "case", "parameters", "outputs", "losses", "verdict"), rows)
                        .markdown();
    }

    private String absences() {
        return results.absent().isEmpty()
                ? ""
                : "\n## Absent\n\n"
                        + String.join(
                                "",
                                absent().stream()
                                        .map(line -> "- " + line + "\n")
                                        .toList());
    }

    /** A line for each contestant and reason: where it was to take part, and why it could not. */
    private List<String> absent() {
        Map<String, String> places = new LinkedHashMap<>();
        for (Absent one : results.absent()) {
            places.merge(
                    one.contestant() + ": " + one.reason(),
                    Numbers.task(one.task()) + " " + one.setting().label(),
                    (a, b) -> a + ", " + b);
        }
        return places.entrySet().stream()
                .map(e -> e.getKey() + " (absent from " + e.getValue() + ")")
                .toList();
    }
}
