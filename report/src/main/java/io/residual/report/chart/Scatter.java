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
     * @param value what its shade tells, by the plot's {@link ColourScale}; empty for the colour of the series
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
    public void draw(Drawing on) {
        for (Dot dot : dots) {
            on.svg().open("g");
            if (!dot.label().isEmpty()) {
                on.svg().element("title", dot.label());
            }
            if (dot.value().isPresent()) {
                ColourScale colours = on.colours()
                        .orElseThrow(() -> new IllegalArgumentException("the dots of '" + name
                                + "' have values, but the plot has no colour scale: colouredBy(...)"));
                on.svg()
                        .leaf(
                                "circle",
                                "class",
                                "dot " + colours.shade(dot.value().getAsDouble()),
                                "cx",
                                on.x(dot.at()),
                                "cy",
                                on.y(dot.at()),
                                "r",
                                5);
            } else {
                on.mark(on.x(dot.at()), on.y(dot.at()));
            }
            on.svg().close();
        }
    }

    @Override
    public void key(Drawing on, double x, double y) {
        on.mark(x + 13, y);
    }
}
