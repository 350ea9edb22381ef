package io.residual.laboratory.gradients;

import io.residual.report.chart.Axis;
import io.residual.report.chart.Chart;
import io.residual.report.chart.Layer;
import io.residual.report.chart.Line;
import io.residual.report.chart.Plot;
import io.residual.report.chart.Point;
import io.residual.report.page.Block.Charts;
import io.residual.report.page.Section;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;

/** Losses and gradients after the start. */
final class TrainingSections {
    /** Weight of the past in the moving average of the loss: single batches differ too much to read. */
    private static final double DECAY = 0.8;

    private final List<SeedGroup> kinds;

    TrainingSections(List<SeedGroup> kinds) {
        this.kinds = kinds.stream().filter(kind -> kind.moments() > 1).toList();
    }

    /** One section, or none where the networks were measured at the start alone. */
    List<Section> sections() {
        if (kinds.isEmpty()) {
            return List.of();
        }
        Section section = Section.of("Along training")
                .text(
                        "The same networks after some steps of training. Each depth has as many steps as fit into the same"
                                + " time, unless the command sets the number.");
        List<Chart> losses = new ArrayList<>();
        if (kinds.stream().anyMatch(kind -> kind.first().losses().size() > 2)) {
            losses.add(losses());
            section = section.with(new Charts(losses));
        }
        int deepest = kinds.stream().mapToInt(SeedGroup::depth).max().orElseThrow();
        List<Chart> moments = new ArrayList<>();
        kinds.stream().filter(kind -> kind.depth() == deepest).forEach(kind -> moments.add(moments(kind)));
        return List.of(section.with(new Charts(moments)));
    }

    private Chart losses() {
        List<Layer> lines = new ArrayList<>();
        kinds.forEach(
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
}
