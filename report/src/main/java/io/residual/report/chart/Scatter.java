package io.residual.report.chart;

import java.util.List;
import java.util.OptionalDouble;
import java.util.stream.DoubleStream;

/**
 * Single points, as of a scatter chart.
 *
 * @param dots any number
 */
public record Scatter(String name, List<Dot> dots) implements Layer {
    /**
     * A point with what is known of it.
     *
     * @param value what its shade shows, by the plot's {@link ColourScale}; empty for the colour of the series
     * @param label shown where a pointer rests on it; may be empty
     */
    public record Dot(Point at, OptionalDouble value, String label) {}

    public Scatter {
        dots = List.copyOf(dots);
    }

    /** Returns dots without shades and labels. */
    public static Scatter of(String name, List<Point> points) {
        return new Scatter(
                name,
                points.stream()
                        .map(at -> new Dot(at, OptionalDouble.empty(), ""))
                        .toList());
    }

    @Override
    public DoubleStream xs() {
        return dots.stream().mapToDouble(dot -> dot.at().x());
    }

    @Override
    public DoubleStream ys() {
        return dots.stream().mapToDouble(dot -> dot.at().y());
    }

    @Override
    public void draw(Drawing drawing) {
        for (Dot dot : dots) {
            drawing.svg().open("g");
            if (!dot.label().isEmpty()) {
                drawing.svg().element("title", dot.label());
            }
            if (dot.value().isPresent()) {
                ColourScale colours = drawing.colours()
                        .orElseThrow(() -> new IllegalArgumentException("the dots of '" + name
                                + "' have values, but the plot has no colour scale: colouredBy(...)"));
                String classes = "dot " + colours.shade(dot.value().getAsDouble());
                drawing.svg()
                        .leaf("circle", "class", classes, "cx", drawing.x(dot.at()), "cy", drawing.y(dot.at()), "r", 5);
            } else {
                drawing.mark(drawing.x(dot.at()), drawing.y(dot.at()));
            }
            drawing.svg().close();
        }
    }

    @Override
    public void drawLegendKey(Drawing drawing, double x, double y) {
        drawing.mark(x + 13, y);
    }
}
