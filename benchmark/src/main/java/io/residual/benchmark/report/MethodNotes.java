package io.residual.benchmark.report;

import io.residual.benchmark.measurement.Job;
import io.residual.benchmark.measurement.Summary;
import io.residual.benchmark.network.Network;
import io.residual.benchmark.rounds.Case;
import io.residual.benchmark.rounds.Contestant;
import io.residual.benchmark.rounds.EqualityCheck;
import io.residual.benchmark.rounds.EqualityCheck.Tolerance;
import io.residual.benchmark.rounds.Results;
import io.residual.report.Numbers;
import io.residual.report.page.Table;
import io.residual.report.page.Table.Column;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** The part of the page that says how it was measured, with what, and whether all computed the same. */
record MethodNotes(Results results) {
    String markdown() {
        return how() + settings() + checks();
    }

    /** Whatever its batch, a case has the same network. */
    private static String network(Case setting) {
        Network network = Network.of(setting.spec());
        return String.format(
                Locale.ROOT,
                "- %s, %d pixels, width %d: %,d parameters; %.1f million multiply-adds for an image forward, %.1f"
                        + " million in training.%n",
                setting.model().title(),
                setting.pixels(),
                setting.width(),
                setting.spec().parameters(),
                network.multiplyAdds().forward() * 1e-6,
                network.multiplyAdds().training() * 1e-6);
    }

    private String how() {
        StringBuilder text = new StringBuilder("\n## What is measured\n\n");
        results.cases().stream().map(MethodNotes::network).distinct().forEach(text::append);
        text.append(String.format(
                Locale.ROOT,
                """
                - ResNet-18 is the d2l book's: biased convolutions, a bare 1x1 convolution as projection. ResNet-20 is He et al.'s for
                  small images, with shortcuts padded with zeros (option A). One channel, 10 classes. All read the same
                  weights and the same random batch from a file.
                - Training: forward pass, mean softmax cross entropy, backward pass, update by plain SGD (rate %.2f), repeatedly
                  on that batch. Inference: forward pass in evaluation mode, no gradients; DL4J's
                  includes the softmax. With batch 1 the time of a call is shown, half and 99 %% of which are no longer.
                - Each figure is batch size by the median duration of a step, in a new process each time, after at least %d steps
                  and %.0f s of warm-up, over at least %d steps and %.0f s. The table has the median, the minimum and the maximum
                  of the rounds.
                - In a round the programs are measured one after the other, those that are compared next to each other, and in
                  the next round from the last to the first. Ratios are taken within a round and the table has their median.
                - Ratios are between programs of the same precision: 32-bit floats; bf16, which PyTorch calls autocast; or int8, in inference. The best
                  PyTorch is the fastest of the round that is made of PyTorch, in Python, by DJL or by JavaCPP, with whatever
                  settings. Limit and peak are those of 32-bit floats.
                - The convolution limit is the sum of the times of all convolutions of the network, each alone in oneDNN in its
                  fastest layout. It is beaten only by skipping multiplications, such as those by padding: on maps of 1 x 1
                  pixels these are 8 of the 9 of a 3x3 window, or as Winograd's algorithm does.
                - The share of the peak counts the multiply-adds of all layers as papers do, padding included.
                  The peak is a product of two 2048 x 2048 matrices in oneDNN%s.
                - Memory is the peak resident size of the process (VmHWM).
                - A thread beside each process does a fixed piece of work ten times a second, and the time of all cores that
                  is not the process's is counted: if either is too long, the machine was not quiet.
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
                        c.lossDifference() == null
                                ? Numbers.NOT_AVAILABLE
                                : String.format(Locale.ROOT, "%.1e", c.lossDifference()),
                        c.verdict().name().toLowerCase(Locale.ROOT))));
        return "\n## The same network?\n\nLargest differences from "
                + results.checks().get(0).reference()
                + ", of the log-probabilities and of the losses of the first training steps (relative). Allowed are "
                + tolerances()
                + ".\n\n"
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

    private String tolerances() {
        return results.contestants().stream()
                .map(Contestant::precision)
                .distinct()
                .sorted()
                .map(precision -> {
                    Tolerance allowed = EqualityCheck.tolerance(precision);
                    return Numbers.of(allowed.logProbabilities(), 1) + " and " + Numbers.of(allowed.losses(), 1)
                            + " in " + precision.title();
                })
                .collect(Collectors.joining(", "));
    }
}
