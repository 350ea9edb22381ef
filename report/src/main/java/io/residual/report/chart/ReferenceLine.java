package io.residual.report.chart;

import io.residual.report.Markup;
import java.util.stream.DoubleStream;

/**
 * A dashed line across the plot with its name along it: a best epoch, a bar to reach.
 *
 * @param at where it crosses the axis, finite
 * @param place of the label, for a vertical line
 */
public record ReferenceLine(Direction direction, double at, String label, Place place) implements Layer {
    /** Which way the line runs. */
    public enum Direction {
        HORIZONTAL,
        VERTICAL
    }

    /** The end of the line where the label stands: where the curves leave room. */
    public enum Place {
        TOP,
        BOTTOM
    }

    public ReferenceLine {
        if (!Double.isFinite(at)) {
            throw new IllegalArgumentException("a rule must be finite, found " + at);
        }
    }

    public static ReferenceLine horizontal(double y, String label) {
        return new ReferenceLine(Direction.HORIZONTAL, y, label, Place.TOP);
    }

    public static ReferenceLine vertical(double x, String label) {
        return new ReferenceLine(Direction.VERTICAL, x, label, Place.TOP);
    }

    /** Returns the same line with its label at the bottom of the plot. */
    public ReferenceLine labelledBelow() {
        return new ReferenceLine(direction, at, label, Place.BOTTOM);
    }

    /** Empty: the label stands at the line, not in the legend. */
    @Override
    public String name() {
        return "";
    }

    @Override
    public DoubleStream xs() {
        return direction == Direction.VERTICAL ? DoubleStream.of(at) : DoubleStream.empty();
    }

    @Override
    public DoubleStream ys() {
        return direction == Direction.HORIZONTAL ? DoubleStream.of(at) : DoubleStream.empty();
    }

    @Override
    public void draw(Drawing on) {
        if (direction == Direction.HORIZONTAL) {
            double y = on.y().at(at);
            on.svg()
                    .leaf(
                            "path",
                            "class",
                            "rule",
                            "d",
                            "M" + Markup.number(on.x().from()) + " " + Markup.number(y) + "H"
                                    + Markup.number(on.x().to()));
            on.svg()
                    .element(
                            "text",
                            label,
                            "class",
                            "note halo",
                            "x",
                            on.x().to() - 4,
                            "y",
                            y - 5,
                            "text-anchor",
                            "end");
            return;
        }
        double x = on.x().at(at);
        on.svg()
                .leaf(
                        "path",
                        "class",
                        "rule",
                        "d",
                        "M" + Markup.number(x) + " " + Markup.number(on.y().from()) + "V"
                                + Markup.number(on.y().to()));
        // On the side where there is more room.
        boolean right = x < (on.x().from() + on.x().to()) / 2;
        on.svg()
                .element(
                        "text",
                        label,
                        "class",
                        "note halo",
                        "x",
                        right ? x + 5 : x - 5,
                        "y",
                        place == Place.TOP ? on.y().to() + 13 : on.y().from() - 6,
                        "text-anchor",
                        right ? "start" : "end");
    }
}
