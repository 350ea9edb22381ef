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
            svg.path("grid", Markup.move(left, at) + "H" + Markup.number(right));
            svg.element("text", tick.label(), "class", "tick", "text-anchor", "end", "x", left - 6, "y", at + 4);
        }
        double nextFree = Double.NEGATIVE_INFINITY;
        for (Tick tick : x.ticks()) {
            double at = x.at(tick.value());
            svg.path("grid", Markup.move(at, bottom) + "V" + Markup.number(top));
            double half = TICK_LETTER * tick.label().length() / 2.0;
            // A label that would touch the one before it is skipped; its grid line stays.
            if (at - half > nextFree) {
                svg.element("text", tick.label(), "class", "tick", "text-anchor", "middle", "x", at, "y", bottom + 17);
                nextFree = at + half + 4;
            }
        }
        svg.path("frame", Markup.move(left, top) + "V" + Markup.number(bottom) + "H" + Markup.number(right));
        String label = Canvas.fitting(xAxis.label(), right - left);
        svg.element("text", label, "text-anchor", "middle", "x", (left + right) / 2, "y", bottom + 38);
        Canvas.upright(svg, Canvas.fitting(yAxis.label(), bottom - top), 16, (top + bottom) / 2);
    }
}
