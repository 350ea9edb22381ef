package io.residual.report.chart;

import io.residual.report.Markup;

/** Draws the axes of a plot: grid, ticks, labels. */
final class Frame {
    private static final int TICK_LETTER = 7;

    private Frame() {}

    /** Room that the tick labels of a vertical axis take, with its own label. */
    static double leftMargin(Scale y) {
        return 34
                + TICK_LETTER
                        * y.ticks().stream()
                                .mapToInt(t -> t.label().length())
                                .max()
                                .orElse(1);
    }

    static void draw(Markup svg, Axis xAxis, Scale x, Axis yAxis, Scale y) {
        double left = x.from();
        double right = x.to();
        double bottom = y.from();
        double top = y.to();
        for (Tick tick : y.ticks()) {
            double at = y.at(tick.value());
            svg.leaf("path", "class", "grid", "d", line(left, at) + "H" + Markup.number(right));
            svg.element("text", tick.label(), "class", "tick", "text-anchor", "end", "x", left - 6, "y", at + 4);
        }
        double free = Double.NEGATIVE_INFINITY;
        for (Tick tick : x.ticks()) {
            double at = x.at(tick.value());
            svg.leaf("path", "class", "grid", "d", line(at, bottom) + "V" + Markup.number(top));
            double half = TICK_LETTER * tick.label().length() / 2.0;
            // A label that would touch the one before it is left out; its grid line stays.
            if (at - half > free) {
                svg.element("text", tick.label(), "class", "tick", "text-anchor", "middle", "x", at, "y", bottom + 17);
                free = at + half + 4;
            }
        }
        svg.leaf(
                "path",
                "class",
                "frame",
                "d",
                line(left, top) + "V" + Markup.number(bottom) + "H" + Markup.number(right));
        svg.element(
                "text",
                Canvas.fitting(xAxis.label(), right - left),
                "text-anchor",
                "middle",
                "x",
                (left + right) / 2,
                "y",
                bottom + 38);
        double middle = (top + bottom) / 2;
        svg.element(
                "text",
                Canvas.fitting(yAxis.label(), bottom - top),
                "text-anchor",
                "middle",
                "x",
                16,
                "y",
                middle,
                "transform",
                "rotate(-90 16 " + Markup.number(middle) + ")");
    }

    private static String line(double x, double y) {
        return "M" + Markup.number(x) + " " + Markup.number(y);
    }
}
