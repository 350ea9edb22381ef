package io.residual.report.chart;

import io.residual.report.Markup;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.DoubleStream;
import java.util.stream.Stream;

/**
 * A chart with two axes: line charts, histograms, reliability diagrams, scatter charts, contours, and what is made of
 * several of these, one layer over the other.
 *
 * @param x the horizontal axis
 * @param y the vertical axis
 * @param layers the lowest first
 * @param colours what the shades of dots and surfaces show
 */
public record Plot(String title, String description, Axis x, Axis y, List<Layer> layers, Optional<ColourScale> colours)
        implements Chart {
    private static final double WIDTH = 560;
    private static final double BODY = 290;
    private static final double BOTTOM = 52;
    private static final double RIGHT = 22;
    private static final int X_TICKS = 9;
    private static final int Y_TICKS = 7;
    /** Marks on the edge of the plot are not cut in half. */
    private static final double BLEED = 6;

    public Plot {
        layers = List.copyOf(layers);
        if (title.isBlank() || description.isBlank()) {
            throw new IllegalArgumentException("a chart needs a title and a description");
        }
    }

    public static Plot of(String title, String description, Axis x, Axis y, List<? extends Layer> layers) {
        return new Plot(title, description, x, y, List.copyOf(layers), Optional.empty());
    }

    public static Plot of(String title, String description, Axis x, Axis y, Layer... layers) {
        return of(title, description, x, y, List.of(layers));
    }

    /** Returns this plot with a scale of shades for dots that have values, and for surfaces. */
    public Plot colouredBy(ColourScale scale) {
        return new Plot(title, description, x, y, layers, Optional.of(scale));
    }

    /** Returns this plot with one more layer, above the others. */
    public Plot with(Layer layer) {
        return new Plot(
                title,
                description,
                x,
                y,
                Stream.concat(layers.stream(), Stream.of(layer)).toList(),
                colours);
    }

    @Override
    public Markup draw(StyleSheet sheet) {
        // The legend of a single series would repeat the axis.
        List<Layer> named =
                layers.stream().filter(layer -> !layer.name().isEmpty()).toList();
        List<String> names = named.size() > 1 ? named.stream().map(Layer::name).toList() : List.of();
        double top = Canvas.TITLE_HEIGHT + Legend.height(names, WIDTH - 24) + 10;
        double bottom = top + BODY;
        double right = WIDTH - RIGHT - (colours.isPresent() ? ColourScale.WIDTH : 0);
        Scale vertical = y.scale(layers.stream().flatMapToDouble(Layer::ys), bottom, top, Y_TICKS);
        DoubleStream xs = layers.stream().flatMapToDouble(Layer::xs);
        Scale horizontal = x.scale(xs, Frame.leftMargin(vertical), right, X_TICKS);

        Markup svg = Canvas.open(this, WIDTH, bottom + BOTTOM, sheet);
        Legend.draw(
                svg,
                names,
                12,
                Canvas.TITLE_HEIGHT,
                WIDTH - 24,
                (i, left, middle) ->
                        named.get(i).drawLegendKey(new Drawing(svg, horizontal, vertical, i, colours), left, middle));
        Frame.draw(svg, x, horizontal, y, vertical);
        colours.ifPresent(scale -> scale.bar(svg, right + 14, top, BODY));
        openClipped(svg, horizontal, vertical);
        int series = -1;
        for (Layer layer : layers) {
            series += layer.name().isEmpty() ? 0 : 1;
            layer.draw(new Drawing(svg, horizontal, vertical, Math.max(0, series), colours));
        }
        return svg.close().line().close();
    }

    /** An inner {@code svg} cuts off what is outside; its coordinates are those around it. */
    private static void openClipped(Markup svg, Scale x, Scale y) {
        double left = x.from() - BLEED;
        double top = y.to() - BLEED;
        double width = x.to() - x.from() + 2 * BLEED;
        double height = y.from() - y.to() + 2 * BLEED;
        String box = DoubleStream.of(left, top, width, height)
                .mapToObj(Markup::number)
                .collect(Collectors.joining(" "));
        svg.line();
        svg.open("svg", "x", left, "y", top, "width", width, "height", height, "viewBox", box, "aria-hidden", "true");
    }
}
