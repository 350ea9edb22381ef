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
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** The network: its shapes, and a drawing. */
final class NetworkSection {
    /** Deeper networks are drawn stage by stage. */
    private static final int MAX_BLOCKS = 18;

    private static final String STAGE = "stage";

    private final ResNetSpec spec;

    private NetworkSection(ResNetSpec spec) {
        this.spec = spec;
    }

    static Section of(TrainedModel model) {
        ResNetSpec spec = model.spec();
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
        int allBlocks = IntStream.range(0, spec.stages().size())
                .map(stage -> spec.blocks(stage).size())
                .sum();
        List<Step> steps = new ArrayList<>();
        for (ShapeTable.Row row : shapes.rows()) {
            String size = row.shape().stream().skip(1).map(String::valueOf).collect(Collectors.joining(" x "));
            if (!row.piece().startsWith(STAGE)) {
                steps.add(new Step(row.piece(), size, Path.THROUGH));
                continue;
            }
            List<Step> blocks = blocks(Integer.parseInt(row.piece().substring(STAGE.length())) - 1, size);
            if (allBlocks <= MAX_BLOCKS) {
                steps.addAll(blocks);
            } else {
                Path last = blocks.get(blocks.size() - 1).path();
                steps.add(new Step(row.piece() + ": " + blocks.size() + " blocks", size, last));
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
}
