package io.residual.laboratory.gradients;

import io.residual.laboratory.gradients.SeedGroup.LayerValue;
import io.residual.report.chart.Axis;
import io.residual.report.chart.Chart;
import io.residual.report.chart.Layer;
import io.residual.report.chart.Line;
import io.residual.report.chart.Plot;
import io.residual.report.chart.Point;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.stream.DoubleStream;

/**
 * Two charts side by side on equal axes: residual networks, and the same without shortcuts; a line for each depth.
 *
 * @param kinds of either
 * @param moment index of the snapshots that are drawn
 */
record TwinCharts(List<SeedGroup> kinds, int moment) {
    /** Of an axis of shares, so that a single dead channel does not look like many. */
    private static final double MIN_TOP = 0.05;

    private static final String LAYER = "layer, counted from the image";

    /**
     * What is drawn.
     *
     * @param description what a point is, in a sentence
     */
    record Quantity(String title, String description, String axis, Function<Snapshot, List<LayerValue>> figures) {}

    /** On a logarithmic axis; a layer whose value is zero or undefined is skipped. */
    List<Chart> logarithmic(Quantity quantity, Function<SeedGroup, String> sentence) {
        BiFunction<SeedGroup, Integer, List<Point>> points = (kind, at) -> kind.geometricMeans(at, quantity.figures());
        double low = values(points).min().orElse(1) / 1.5;
        double high = values(points).max().orElse(1) * 1.5;
        return charts(quantity, Axis.log(quantity.axis()).between(low, high), points, sentence);
    }

    /** Of shares, on an axis from 0 to the largest. */
    List<Chart> shares(Quantity quantity, Function<SeedGroup, String> sentence) {
        BiFunction<SeedGroup, Integer, List<Point>> points = (kind, at) -> kind.means(at, quantity.figures());
        double top = Math.min(1, Math.max(MIN_TOP, 1.1 * values(points).max().orElse(1)));
        return charts(quantity, Axis.linear(quantity.axis()).between(0, top), points, sentence);
    }

    private DoubleStream values(BiFunction<SeedGroup, Integer, List<Point>> points) {
        return kinds.stream()
                .flatMap(kind -> points.apply(kind, moment).stream())
                .mapToDouble(Point::y);
    }

    private List<Chart> charts(
            Quantity quantity,
            Axis axis,
            BiFunction<SeedGroup, Integer, List<Point>> points,
            Function<SeedGroup, String> sentence) {
        int deepest = kinds.stream().mapToInt(SeedGroup::depth).max().orElse(1);
        List<Chart> charts = new ArrayList<>();
        for (boolean residual : new boolean[] {true, false}) {
            List<SeedGroup> drawn =
                    kinds.stream().filter(kind -> kind.isResidual() == residual).toList();
            if (drawn.isEmpty()) {
                continue;
            }
            List<String> sentences = new ArrayList<>(List.of(quantity.description()));
            drawn.stream().map(sentence).filter(s -> !s.isEmpty()).forEach(sentences::add);
            List<Layer> lines = new ArrayList<>();
            drawn.forEach(kind -> lines.add(Line.plain(kind.name(), points.apply(kind, moment))));
            charts.add(Plot.of(
                    quantity.title() + (residual ? ", with shortcuts" : ", without shortcuts"),
                    String.join(" ", sentences),
                    Axis.linear(LAYER).between(0, deepest),
                    axis,
                    lines));
        }
        return charts;
    }

    /** Ratio of the largest to the smallest value of a group; empty if it has none. */
    OptionalDouble spread(SeedGroup kind, Quantity quantity) {
        List<Point> points = kind.geometricMeans(moment, quantity.figures());
        OptionalDouble low = points.stream().mapToDouble(Point::y).min();
        OptionalDouble high = points.stream().mapToDouble(Point::y).max();
        return low.isPresent() ? OptionalDouble.of(high.getAsDouble() / low.getAsDouble()) : low;
    }
}
