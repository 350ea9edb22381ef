package io.residual.report.chart;

/**
 * A place in a plot.
 *
 * @param x finite
 * @param y finite
 */
public record Point(double x, double y) {
    public Point {
        if (!(Double.isFinite(x) && Double.isFinite(y))) {
            throw new IllegalArgumentException("a point must be finite, found " + x + ", " + y);
        }
    }
}
