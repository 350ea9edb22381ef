package io.residual.report.chart;

import io.residual.report.Markup;
import java.util.stream.DoubleStream;

/**
 * A dashed line across the plot with its name along it: a best epoch, a target.
 *
 * @param at where it crosses the axis, finite
 * @param position of the label, for a vertical line
 */
public record ReferenceLine(Direction direction, double at, String label, LabelPosition position) implements Layer {
    /** Which way the line runs. */
    public enum Direction {
        HORIZONTAL,
        VERTICAL
    }

    /** The end of the line where the label stands: where the curves leave room. */
    public enum LabelPosition {
        TOP,
        BOTTOM
    }

    public ReferenceLine {
        if (!Double.isFinite(at)) {
            throw new IllegalArgumentException("a reference line must be finite, found " + at);
        }
    }

    public static ReferenceLine horizontal(double y, String label) {
        return new ReferenceLine(Direction.HORIZONTAL, y, label, LabelPosition.TOP);
    }

    public static ReferenceLine vertical(double x, String label) {
        return new ReferenceLine(Direction.VERTICAL, x, label, LabelPosition.TOP);
    }

    /** Returns the same line with its label at the bottom of the plot. */
    public ReferenceLine withLabelAtBottom() {
        return new ReferenceLine(direction, at, label, LabelPosition.BOTTOM);
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
    public void draw(Drawing drawing) {
        if (direction == Direction.HORIZONTAL) {
            double y = drawing.y().at(at);
            drawing.svg()
                    .path(
                            "rule",
                            Markup.move(drawing.x().from(), y) + "H"
                                    + Markup.number(drawing.x().to()));
            label(drawing, drawing.x().to() - 4, y - 5, "end");
        } else {
            double x = drawing.x().at(at);
            drawing.svg()
                    .path(
                            "rule",
                            Markup.move(x, drawing.y().from()) + "V"
                                    + Markup.number(drawing.y().to()));
            double y = position == LabelPosition.TOP
                    ? drawing.y().to() + 13
                    : drawing.y().from() - 6;
            // On the side where there is more room.
            boolean right = x < (drawing.x().from() + drawing.x().to()) / 2;
            label(drawing, right ? x + 5 : x - 5, y, right ? "start" : "end");
        }
    }

    private void label(Drawing drawing, double x, double y, String anchor) {
        drawing.svg().element("text", label, "class", "note halo", "x", x, "y", y, "text-anchor", anchor);
    }
}
