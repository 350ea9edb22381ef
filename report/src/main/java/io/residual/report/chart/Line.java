package io.residual.report.chart;

import io.residual.report.Markup;
import java.util.List;
import java.util.stream.DoubleStream;

/**
 * A line through points.
 *
 * @param points in the order of the line
 */
public record Line(String name, List<Point> points, Trace trace) implements Layer {
    /** What marks the points. */
    public enum Trace {
        /** A line. */
        PLAIN,
        /** A line with a mark at every point. */
        MARKED,
        /** A thin grey line that stays behind: one of many, or a diagonal to compare with. */
        DIMMED
    }

    public Line {
        points = List.copyOf(points);
    }

    public static Line plain(String name, List<Point> points) {
        return new Line(name, points, Trace.PLAIN);
    }

    public static Line marked(String name, List<Point> points) {
        return new Line(name, points, Trace.MARKED);
    }

    public static Line dimmed(List<Point> points) {
        return new Line("", points, Trace.DIMMED);
    }

    @Override
    public DoubleStream xs() {
        return points.stream().mapToDouble(Point::x);
    }

    @Override
    public DoubleStream ys() {
        return points.stream().mapToDouble(Point::y);
    }

    @Override
    public void draw(Drawing on) {
        if (points.size() > 1 && trace == Trace.DIMMED) {
            on.svg().leaf("path", "class", "dim", "d", on.path(points));
        } else if (points.size() > 1) {
            on.svg()
                    .leaf(
                            "path",
                            "class",
                            "line " + on.colour(),
                            "stroke-dasharray",
                            ChartStyle.dash(on.series()),
                            "d",
                            on.path(points));
        }
        if (trace == Trace.MARKED || points.size() == 1) {
            points.forEach(point -> on.mark(on.x(point), on.y(point)));
        }
    }

    @Override
    public void key(Drawing on, double x, double y) {
        on.svg()
                .leaf(
                        "path",
                        "class",
                        trace == Trace.DIMMED ? "dim" : "line " + on.colour(),
                        "stroke-dasharray",
                        trace == Trace.DIMMED ? "none" : ChartStyle.dash(on.series()),
                        "d",
                        "M" + Markup.number(x) + " " + Markup.number(y) + "h26");
        if (trace == Trace.MARKED) {
            on.mark(x + 13, y);
        }
    }
}
