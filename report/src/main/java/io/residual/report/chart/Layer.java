package io.residual.report.chart;

import java.util.stream.DoubleStream;

/**
 * One thing that a {@link Plot} shows. A layer with a name appears in the legend and gets a look of its own; one with an
 * empty name shares the look of the named one before it, as the band around a line does.
 */
public sealed interface Layer permits Line, Band, Columns, Scatter, ReferenceLine, Surface {
    /** What the legend calls it; may be empty. */
    String name();

    /** The values that the horizontal axis must show. */
    DoubleStream xs();

    /** The values that the vertical axis must show. */
    DoubleStream ys();

    /** Draws the layer in the plot's area. */
    void draw(Drawing drawing);

    /** Draws what the legend shows of it, 26 pixels wide from x, around y. Layers without a name have nothing to show. */
    default void drawLegendKey(Drawing drawing, double x, double y) {}
}
