package io.residual.report.chart;

import io.residual.report.Markup;
import java.util.List;
import java.util.Optional;

/**
 * Where a layer of a plot draws itself, and the look that the plot has given to it.
 *
 * @param svg the paper
 * @param series number of the look, from 0
 */
public record Drawing(Markup svg, Scale x, Scale y, int series, Optional<ColourScale> colours) {
    String colour() {
        return ChartStyle.colour(series);
    }

    double x(Point point) {
        return x.at(point.x());
    }

    double y(Point point) {
        return y.at(point.y());
    }

    /** A line through points, in the words of an SVG path. */
    String path(List<Point> points) {
        StringBuilder path = new StringBuilder();
        for (Point point : points) {
            path.append(path.isEmpty() ? 'M' : 'L')
                    .append(Markup.number(x(point)))
                    .append(' ')
                    .append(Markup.number(y(point)));
        }
        return path.toString();
    }

    /** Draws the mark of the series' shape: circle, square, triangle, diamond, triangle upside down. */
    void mark(double cx, double cy) {
        String classes = "mark open " + colour();
        if (series % SHAPES.length == 0) {
            svg.leaf("circle", "class", classes, "cx", cx, "cy", cy, "r", 3.5);
        } else {
            svg.path(classes, Markup.move(cx, cy) + SHAPES[series % SHAPES.length]);
        }
    }

    private static final String[] SHAPES = {
        "",
        "m-3.5 -3.5h7v7h-7z",
        "m0 -4.5l4.2 7.5h-8.4z",
        "m0 -4.8l4.8 4.8l-4.8 4.8l-4.8 -4.8z",
        "m0 4.5l4.2 -7.5h-8.4z"
    };
}
