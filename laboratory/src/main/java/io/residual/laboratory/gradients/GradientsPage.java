package io.residual.laboratory.gradients;

import io.residual.core.Shortcuts;
import io.residual.laboratory.experiments.training.StudiedNetwork;
import io.residual.laboratory.gradients.StudyResult.Trajectory;
import io.residual.laboratory.gradients.TwinCharts.Quantity;
import io.residual.report.Numbers;
import io.residual.report.chart.Point;
import io.residual.report.page.Block.Charts;
import io.residual.report.page.Block.Facts;
import io.residual.report.page.Block.Facts.Fact;
import io.residual.report.page.Page;
import io.residual.report.page.Section;
import io.residual.report.page.Table;
import io.residual.report.page.Table.Column;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;

/** The page of a study: what shortcuts do to the gradient at a glance, then the numbers behind it. */
final class GradientsPage {
    static final Quantity WEIGHT_GRADIENT = new Quantity(
            "Gradient of each convolution's weights",
            "Norm of the gradient of each convolution's weights at the start.",
            "norm of the gradient",
            LayerSeries.ofWeights(Snapshot.OfParameter::gradientNorm));
    private static final Quantity ACTIVATION = new Quantity(
            "Activations",
            "Root mean square of each block's output.",
            "root mean square",
            LayerSeries.ofBlockOutputs(Snapshot.OfOutput::activationRms));
    private static final Quantity DEAD = new Quantity(
            "Dead ReLUs",
            "Share of the channels behind each ReLU that are zero for all images, at the last measurement.",
            "share of the channels",
            LayerSeries.ofOutputs(LayerSeries::isRelu, Snapshot.OfOutput::deadShare));
    private static final Quantity UPDATE = new Quantity(
            "Size of a step",
            "How far the first step moves the weights of each convolution, over their norm.",
            "change over norm",
            LayerSeries.ofWeights(Snapshot.OfParameter::updateRatio));
    private static final int DIGITS = 2;

    private final StudyResult result;
    private final List<SeedGroup> kinds;
    private final GradientSections sections;
    private final TwinCharts start;

    private GradientsPage(StudyResult result) {
        this.result = result;
        this.kinds = SeedGroup.of(result);
        this.sections = new GradientSections(kinds);
        this.start = new TwinCharts(kinds, 0);
    }

    static Page of(StudyResult result) {
        GradientsPage page = new GradientsPage(result);
        Page all = Page.of(
                        "Gradients in every layer",
                        "The gradient that reaches each layer of a deep network, with and without shortcuts, measured"
                                + " on the same images.")
                .with(page.atAGlance());
        for (Section section : page.sections.ofBlocks()) {
            all = all.with(section);
        }
        for (Section section : page.sections.ofTraining()) {
            all = all.with(section);
        }
        return all.with(page.activations())
                .with(page.steps())
                .with(page.sections.inHalfPrecision())
                .with(page.method());
    }

    private Section atAGlance() {
        List<Fact> facts = new ArrayList<>();
        for (SeedGroup kind : kinds) {
            facts.add(new Fact(
                    kind.name(),
                    start.spread(kind, WEIGHT_GRADIENT).isPresent()
                            ? figure(start.spread(kind, WEIGHT_GRADIENT)) + "×"
                            : "n/a",
                    "largest over smallest gradient of a convolution" + undefinedNote(kind)));
        }
        Section section = Section.of("At a glance")
                .text("Learning moves each layer's weights along the gradient of the loss. The backward pass computes"
                        + " it from the last layer to the first. Without shortcuts each layer multiplies it, so that"
                        + " over many layers the gradient grows or shrinks by the same factor repeatedly, and no"
                        + " single learning rate fits all layers. A shortcut passes it on unchanged and adds it. The"
                        + " flatter a line, the more evenly the layers learn.");
        return section.with(new Facts(facts)).with(new Charts(start.logarithmic(WEIGHT_GRADIENT, this::glance)));
    }

    /** What a line shows, in a sentence. */
    private String glance(SeedGroup kind) {
        List<Point> norms = kind.geometricMeans(0, WEIGHT_GRADIENT.figures());
        if (norms.isEmpty()) {
            return kind.name() + " has no gradient that is a number.";
        }
        double first = norms.get(0).y();
        double last = norms.get(norms.size() - 1).y();
        return "From the last convolution of " + kind.name() + " back to the first it "
                + (first >= last
                        ? "grows " + figure(first / last) + " times"
                        : "shrinks to one in " + figure(last / first))
                + undefinedNote(kind) + ".";
    }

    private static String undefinedNote(SeedGroup kind) {
        List<SeedGroup.LayerValue> figures =
                WEIGHT_GRADIENT.figures().apply(kind.first().start());
        long undefined = figures.stream().filter(f -> f.value().isEmpty()).count();
        return undefined == 0 ? "" : "; in " + undefined + " of " + figures.size() + " layers it exceeds 32 bits";
    }

    private Section activations() {
        return Section.of("Activations")
                .text("The output of each layer at the start. Batch norm before each ReLU keeps its size constant, also"
                        + " without shortcuts; sums of residual blocks grow towards the end of a stage.")
                .with(new Charts(start.logarithmic(ACTIVATION, kind -> "")))
                .text("A ReLU is dead if its channel is zero in every place of every image: it learns nothing.")
                .with(new Charts(new TwinCharts(kinds, sections.last()).shares(DEAD, kind -> "")));
    }

    private Section steps() {
        boolean taken = result.trajectories().stream()
                .flatMap(t -> t.start().parameters().stream())
                .anyMatch(p -> p.updateRatio().isPresent());
        Section section = Section.of("Steps");
        return taken
                ? section.text("How far the first step moves each layer's weights, as a share of their norm. A"
                                + " common rule of thumb is about one in a thousand, equal in all layers.")
                        .with(new Charts(start.logarithmic(UPDATE, kind -> "")))
                : section.text("No steps were taken: the saved networks were measured.");
    }

    private static String figure(OptionalDouble value) {
        return figure(value.orElseThrow());
    }

    static String figure(double value) {
        return Numbers.of(value, DIGITS);
    }

    private Section method() {
        StudyResult.Provenance origin = result.origin();
        Table table = Table.of("Where the numbers come from", Column.text("what"), Column.text("value"))
                .row("command", origin.command())
                .row("images", origin.data())
                .row("kernels", origin.kernels())
                .rows(origin.versions().rows());
        for (Map.Entry<String, String> digest : origin.dataSha256().entrySet()) {
            table = table.row(digest.getKey() + ", SHA-256", digest.getValue());
        }
        return Section.of("How it was measured")
                .text(String.format(
                        Locale.ROOT,
                        "Each measurement is the mean over %d batch%s of training images, in training mode and without"
                                + " augmentation, in 32-bit numbers; with several seeds, lines are geometric"
                                + " means over them. The gradient is that of the mean loss of a batch. A plain network"
                                + " has the layers of its residual twin, without the additions (He et al. 2015). The"
                                + " .csv files and gradients.json next to this page have every number of every layer,"
                                + " batch norms and biases included.",
                        origin.batches(),
                        origin.batches() == 1 ? "" : "es"))
                .table(networks())
                .table(table)
                .code("spec of the first network", origin.spec());
    }

    private Table networks() {
        Table table = Table.of(
                "The networks",
                Column.text("network"),
                Column.text("shortcuts"),
                Column.number("seed"),
                Column.number("batch"),
                Column.number("steps"),
                Column.text("training"));
        for (Trajectory trajectory : result.trajectories()) {
            StudiedNetwork subject = trajectory.subject();
            table = table.row(
                    subject.name(),
                    subject.shortcuts() == Shortcuts.RESIDUAL ? "yes" : "no",
                    String.valueOf(subject.seed()),
                    String.valueOf(subject.batchSize()),
                    String.valueOf(trajectory.losses().size()),
                    trajectory.divergence().isEmpty() ? "no divergence" : "diverged: " + trajectory.divergence());
        }
        return table;
    }
}
