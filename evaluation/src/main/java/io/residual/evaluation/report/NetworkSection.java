package io.residual.evaluation.report;

import io.residual.core.Block;
import io.residual.core.ResNetSpec;
import io.residual.core.ShapeTable;
import io.residual.core.Shortcuts;
import io.residual.core.VertexPaths;
import io.residual.evaluation.model.TrainedModel;
import io.residual.report.Numbers;
import io.residual.report.chart.FlowDiagram;
import io.residual.report.chart.FlowDiagram.Path;
import io.residual.report.chart.FlowDiagram.Step;
import io.residual.report.page.Section;
import io.residual.report.page.Table;
import io.residual.report.page.Table.Column;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** The network: its shapes, and a drawing. */
final class NetworkSection {
    /** Deeper networks are drawn stage by stage. */
    private static final int MAX_BLOCKS = 18;

    private final ResNetSpec spec;

    private NetworkSection(ResNetSpec spec) {
        this.spec = spec;
    }

    static Section of(TrainedModel model) {
        ResNetSpec spec = model.network().spec();
        ShapeTable shapes = ShapeTable.of(spec);
        return Section.of("Network")
                .charts(new NetworkSection(spec).drawing(shapes))
                .table(table(shapes));
    }

    private static Table table(ShapeTable shapes) {
        Table table = Table.of(
                "Output shapes for one image, batch axis first, and trainable parameters",
                Column.text("part"),
                Column.text("output shape"),
                Column.number("parameters"));
        for (ShapeTable.Row row : shapes.rows()) {
            table = table.row(row.piece(), row.shape().toString(), Numbers.count(row.parameters()));
        }
        return table.row("total", "", Numbers.count(shapes.parameters()));
    }

    private FlowDiagram drawing(ShapeTable shapes) {
        List<Step> steps = new ArrayList<>();
        List<List<Step>> stages = new ArrayList<>();
        for (int s = 0; s < spec.stages().size(); s++) {
            stages.add(blocks(s, size(shapes, VertexPaths.stage(s))));
        }
        boolean eachBlock = stages.stream().mapToInt(List::size).sum() <= MAX_BLOCKS;
        for (ShapeTable.Row row : shapes.rows()) {
            int stage = row.piece().startsWith("stage")
                    ? Integer.parseInt(row.piece().substring("stage".length())) - 1
                    : -1;
            if (stage < 0) {
                steps.add(new Step(row.piece(), size(shapes, row.piece()), Path.THROUGH));
            } else if (eachBlock) {
                steps.addAll(stages.get(stage));
            } else {
                List<Step> blocks = stages.get(stage);
                steps.add(new Step(
                        row.piece() + ": " + blocks.size() + " blocks",
                        size(shapes, row.piece()),
                        blocks.get(blocks.size() - 1).path()));
            }
        }
        return new FlowDiagram(
                "The network",
                String.format(
                        Locale.ROOT,
                        "From the image above to the classes below; channels x height x width next to each part. Lines"
                                + " around blocks are shortcuts, dashed where a 1x1 convolution changes the shape. %,d"
                                + " parameters.",
                        shapes.parameters()),
                steps);
    }

    private List<Step> blocks(int stage, String size) {
        List<Step> blocks = new ArrayList<>();
        for (Block block : spec.blocks(stage)) {
            Path around = block.changesShape() ? Path.PROJECTION : Path.SHORTCUT;
            blocks.add(new Step(
                    VertexPaths.block(stage, blocks.size()),
                    size,
                    spec.shortcuts() == Shortcuts.RESIDUAL ? around : Path.THROUGH));
        }
        return blocks;
    }

    private static String size(ShapeTable shapes, String piece) {
        return shapes.rows().stream()
                .filter(row -> row.piece().equals(piece))
                .findFirst()
                .map(row -> row.shape().stream()
                        .skip(1)
                        .map(String::valueOf)
                        .reduce((a, b) -> a + " x " + b)
                        .orElse(""))
                .orElse("");
    }
}
