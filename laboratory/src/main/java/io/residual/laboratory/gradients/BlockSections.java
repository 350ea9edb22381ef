package io.residual.laboratory.gradients;

import io.residual.laboratory.gradients.SeedGroup.LayerValue;
import io.residual.laboratory.gradients.Snapshot.OfBlock;
import io.residual.report.chart.Axis;
import io.residual.report.chart.Chart;
import io.residual.report.chart.Layer;
import io.residual.report.chart.Line;
import io.residual.report.chart.Plot;
import io.residual.report.chart.Point;
import io.residual.report.chart.ReferenceLine;
import io.residual.report.page.Block.Charts;
import io.residual.report.page.Section;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.OptionalDouble;
import java.util.function.Function;

/** The parts of each block's gradient that came through the shortcut and through the convolutions. */
final class BlockSections {
    private static final String LAYER = "first layer of the block, counted from the image";

    private final List<SeedGroup> residual;

    BlockSections(List<SeedGroup> kinds) {
        this.residual = kinds.stream().filter(SeedGroup::isResidual).toList();
    }

    private static Function<Snapshot, List<LayerValue>> ofBlocks(Function<OfBlock, OptionalDouble> figure) {
        return snapshot -> snapshot.blocks().stream()
                .map(block -> new LayerValue(block.layer(), figure.apply(block)))
                .toList();
    }

    /** One section, or none where no network has shortcuts. */
    List<Section> sections() {
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
                Line.plain("sum", kind.geometricMeans(0, ofBlocks(OfBlock::gradientNorm))),
                Line.plain("through the shortcut", kind.geometricMeans(0, ofBlocks(OfBlock::shortcutNorm))),
                Line.plain("through the convolutions", kind.geometricMeans(0, ofBlocks(OfBlock::convolutionNorm))));
        return Plot.of(
                "The two parts in " + kind.name() + ", at the start",
                "Norm of the gradient in front of each block, and of its two parts. The parts are nearly at right angles"
                        + " where their squares add up to that of the sum.",
                Axis.linear(LAYER),
                Axis.log("norm of the gradient"),
                lines);
    }

    private Chart shares() {
        List<Layer> lines = new ArrayList<>();
        List<String> sentences = new ArrayList<>();
        for (SeedGroup kind : residual) {
            List<Point> points = kind.means(0, ofBlocks(OfBlock::shortcutShare));
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
                Axis.linear(LAYER),
                Axis.linear("share through the shortcut"),
                lines);
    }
}
