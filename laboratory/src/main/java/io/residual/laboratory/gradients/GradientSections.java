package io.residual.laboratory.gradients;

import io.residual.laboratory.gradients.SeedGroup.LayerValue;
import io.residual.laboratory.gradients.Snapshot.OfBlock;
import io.residual.laboratory.gradients.TwinCharts.Quantity;
import io.residual.laboratory.gradients.magnitudes.HalfPrecision;
import io.residual.report.Numbers;
import io.residual.report.chart.Axis;
import io.residual.report.chart.Chart;
import io.residual.report.chart.Layer;
import io.residual.report.chart.Line;
import io.residual.report.chart.Plot;
import io.residual.report.chart.Point;
import io.residual.report.chart.ReferenceLine;
import io.residual.report.page.Block.Charts;
import io.residual.report.page.Block.TableBlock;
import io.residual.report.page.Section;
import io.residual.report.page.Table;
import io.residual.report.page.Table.Column;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.OptionalDouble;
import java.util.function.Function;

/**
 * What {@link GradientsPage} shows of blocks, of training and of 16-bit numbers.
 *
 * @param kinds the networks
 */
record GradientSections(List<SeedGroup> kinds) {
    private static final Quantity LOST = new Quantity(
            "Gradients that 16 bits round to 0",
            "Share of the nonzero values of the gradient behind each block that 16 bits round to 0, without scaling.",
            "share of the values",
            LayerSeries.ofBlockOutputs(o -> o.halfPrecision().get(0).roundedToZero()));

    /** Weight of the past in the moving average of the loss: single batches differ too much to read. */
    private static final double DECAY = 0.8;

    private static final String BLOCK_LAYER = "first layer of the block, counted from the image";

    private List<SeedGroup> residual() {
        return kinds.stream().filter(SeedGroup::isResidual).toList();
    }

    /** The last moment that all kinds have. */
    int last() {
        return kinds.stream().mapToInt(SeedGroup::moments).min().orElseThrow() - 1;
    }

    private static Function<Snapshot, List<LayerValue>> blockFigures(Function<OfBlock, OptionalDouble> figure) {
        return snapshot -> snapshot.blocks().stream()
                .map(block -> new LayerValue(block.layer(), figure.apply(block)))
                .toList();
    }

    /** The parts of each block's gradient that came through the shortcut and through the convolutions, if a network has shortcuts. */
    List<Section> ofBlocks() {
        List<SeedGroup> residual = residual();
        if (residual.isEmpty()) {
            return List.of();
        }
        SeedGroup deepest =
                residual.stream().max(Comparator.comparingInt(SeedGroup::depth)).orElseThrow();
        return List.of(Section.of("The sum in every block")
                .text("In front of each block the gradient is the sum of two parts: one that came back through the"
                        + " shortcut, and one through the block's convolutions. A chain of blocks without shortcuts has"
                        + " the second part alone, multiplied block by block.")
                .with(new Charts(List.of(parts(deepest), shares()))));
    }

    private Chart parts(SeedGroup kind) {
        List<Layer> lines = List.of(
                Line.plain("sum", kind.geometricMeans(0, blockFigures(OfBlock::gradientNorm))),
                Line.plain("through the shortcut", kind.geometricMeans(0, blockFigures(OfBlock::shortcutNorm))),
                Line.plain("through the convolutions", kind.geometricMeans(0, blockFigures(OfBlock::convolutionNorm))));
        return Plot.of(
                "The two parts in " + kind.name() + ", at the start",
                "Norm of the gradient in front of each block, and of its two parts. The parts are nearly at right"
                        + " angles where their squares add up to that of the sum.",
                Axis.linear(BLOCK_LAYER),
                Axis.log("norm of the gradient"),
                lines);
    }

    private Chart shares() {
        List<Layer> lines = new ArrayList<>();
        List<String> sentences = new ArrayList<>();
        for (SeedGroup kind : residual()) {
            List<Point> points = kind.means(0, blockFigures(OfBlock::shortcutShare));
            lines.add(Line.plain(kind.name(), points));
            points.stream()
                    .mapToDouble(Point::y)
                    .average()
                    .ifPresent(mean -> sentences.add(kind.name() + ": " + GradientsPage.figure(mean) + " on average."));
        }
        lines.add(ReferenceLine.horizontal(0.5, "half"));
        return Plot.of(
                "What the shortcut contributes, at the start",
                "Share of the gradient in front of each block that came through its shortcut: the length of that part"
                        + " along the sum. " + String.join(" ", sentences),
                Axis.linear(BLOCK_LAYER),
                Axis.linear("share through the shortcut"),
                lines);
    }

    /** Losses and gradients after the start, if any network was measured then. */
    List<Section> ofTraining() {
        List<SeedGroup> trained =
                kinds.stream().filter(kind -> kind.moments() > 1).toList();
        if (trained.isEmpty()) {
            return List.of();
        }
        Section section = Section.of("Along training")
                .text("The same networks after some steps of training. Each depth has as many steps as fit into the"
                        + " same time, unless the command sets the number.");
        List<Chart> losses = new ArrayList<>();
        if (trained.stream().anyMatch(kind -> kind.first().losses().size() > 2)) {
            losses.add(losses(trained));
            section = section.with(new Charts(losses));
        }
        int deepest = trained.stream().mapToInt(SeedGroup::depth).max().orElseThrow();
        List<Chart> moments = new ArrayList<>();
        trained.stream().filter(kind -> kind.depth() == deepest).forEach(kind -> moments.add(moments(kind)));
        return List.of(section.with(new Charts(moments)));
    }

    private static Chart losses(List<SeedGroup> trained) {
        List<Layer> lines = new ArrayList<>();
        trained.forEach(
                kind -> lines.add(Line.plain(kind.name(), smooth(kind.first().losses()))));
        return Plot.of(
                "Training loss",
                "Loss of the steps, a moving average. That of a guess among 10 classes is 2.3, among 100 it is 4.6.",
                Axis.linear("step"),
                Axis.linear("loss, nats"),
                lines);
    }

    private static List<Point> smooth(List<Double> losses) {
        List<Point> points = new ArrayList<>();
        double sum = 0;
        double weight = 0;
        for (int i = 0; i < losses.size(); i++) {
            sum = DECAY * sum + (1 - DECAY) * losses.get(i);
            weight = DECAY * weight + 1 - DECAY;
            points.add(new Point(i + 1, sum / weight));
        }
        return points;
    }

    private static Chart moments(SeedGroup kind) {
        List<Layer> lines = new ArrayList<>();
        for (int moment = 0; moment < kind.moments(); moment++) {
            lines.add(Line.plain(
                    kind.first().snapshots().get(moment).moment(),
                    kind.geometricMeans(moment, GradientsPage.WEIGHT_GRADIENT.figures())));
        }
        return Plot.of(
                "Gradients of " + kind.name() + " along training",
                "Norm of the gradient of each convolution's weights, one line a moment. " + spreads(kind),
                Axis.linear("layer, counted from the image"),
                Axis.log("norm of the gradient"),
                lines);
    }

    private static String spreads(SeedGroup kind) {
        OptionalDouble start = new TwinCharts(List.of(kind), 0).spread(kind, GradientsPage.WEIGHT_GRADIENT);
        OptionalDouble end =
                new TwinCharts(List.of(kind), kind.moments() - 1).spread(kind, GradientsPage.WEIGHT_GRADIENT);
        return start.isEmpty() || end.isEmpty()
                ? ""
                : "The largest is " + GradientsPage.figure(start.getAsDouble()) + " times the smallest at the start, "
                        + GradientsPage.figure(end.getAsDouble()) + " times at the end.";
    }

    private static Function<Snapshot, List<LayerValue>> ofOutputs(
            int scaling, Function<HalfPrecision, OptionalDouble> share) {
        return LayerSeries.ofOutputs(
                LayerSeries::isConvolution, o -> share.apply(o.halfPrecision().get(scaling)));
    }

    private static Function<Snapshot, List<LayerValue>> ofWeights(
            int scaling, Function<HalfPrecision, OptionalDouble> share) {
        return LayerSeries.ofWeights(p -> share.apply(p.halfPrecision().get(scaling)));
    }

    /** How much of the gradients 16-bit floating point could hold. */
    Section inHalfPrecision() {
        int last = last();
        Section section = Section.of("In 16 bits")
                .text("IEEE's 16-bit numbers end at 2⁻²⁴: up to half of that, a gradient is rounded to 0. Below 2⁻¹⁴"
                        + " they lose precision, and from 2¹⁶ on they are infinite. Multiplying the loss by a"
                        + " constant shifts all gradients (Micikevicius et al. 2018), which helps as long as the"
                        + " largest and the smallest are close enough. These are shares of the values other than"
                        + " zero, as means over the convolutions.")
                .table(outputs("at the start", 0));
        if (last > 0) {
            section = section.table(outputs("at the last measurement", last));
        }
        return section.details(
                        "The same of the gradients of the weights",
                        new TableBlock(weights("at the start", 0)),
                        new TableBlock(weights("at the last measurement", last)))
                .with(new Charts(new TwinCharts(kinds, last).shares(LOST, kind -> "")));
    }

    private Table outputs(String when, int moment) {
        return table("Gradients of the convolutions' outputs, " + when, moment, GradientSections::ofOutputs);
    }

    private Table weights(String when, int moment) {
        return table("Gradients of the weights, " + when, moment, GradientSections::ofWeights);
    }

    /** Figures of snapshots for a scaling and one of the shares. */
    private interface Shares {
        Function<Snapshot, List<LayerValue>> of(int scaling, Function<HalfPrecision, OptionalDouble> share);
    }

    private Table table(String caption, int moment, Shares shares) {
        Table table = Table.of(
                caption,
                Column.text("network"),
                Column.number("below 2⁻¹⁴"),
                Column.number("rounded to 0"),
                Column.number("loss × 2¹⁰: rounded to 0"),
                Column.number("loss × 2¹⁶: rounded to 0"),
                Column.number("loss × 2¹⁶: 2¹⁶ or more"));
        for (SeedGroup kind : kinds) {
            table = table.row(
                    kind.name(),
                    mean(kind, moment, shares.of(0, HalfPrecision::belowNormal)),
                    mean(kind, moment, shares.of(0, HalfPrecision::roundedToZero)),
                    mean(kind, moment, shares.of(1, HalfPrecision::roundedToZero)),
                    mean(kind, moment, shares.of(2, HalfPrecision::roundedToZero)),
                    mean(kind, moment, shares.of(2, HalfPrecision::overflowing)));
        }
        return table;
    }

    private static String mean(SeedGroup kind, int moment, Function<Snapshot, List<LayerValue>> figures) {
        OptionalDouble mean =
                kind.means(moment, figures).stream().mapToDouble(p -> p.y()).average();
        return mean.isPresent() ? Numbers.percent(mean.getAsDouble(), 2) : Numbers.NOT_AVAILABLE;
    }
}
