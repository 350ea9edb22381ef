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
    public void draw(Drawing drawing) {
        if (points.size() > 1 && trace == Trace.DIMMED) {
            drawing.svg().path("dim", drawing.path(points));
        } else if (points.size() > 1) {
            stroke(drawing, drawing.path(points));
        }
        if (trace == Trace.MARKED || points.size() == 1) {
            points.forEach(point -> drawing.mark(drawing.x(point), drawing.y(point)));
        }
    }

    @Override
    public void drawLegendKey(Drawing drawing, double x, double y) {
        String sample = Markup.move(x, y) + "h26";
        if (trace == Trace.DIMMED) {
            drawing.svg().path("dim", sample);
            return;
        }
        stroke(drawing, sample);
        if (trace == Trace.MARKED) {
            drawing.mark(x + 13, y);
        }
    }

    private static void stroke(Drawing drawing, String path) {
        String dash = ChartStyle.dash(drawing.series());
        drawing.svg().leaf("path", "class", "line " + drawing.colour(), "stroke-dasharray", dash, "d", path);
    }
}
