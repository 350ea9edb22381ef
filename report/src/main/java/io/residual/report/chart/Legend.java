package io.residual.report.chart;

import io.residual.report.Markup;
import java.util.List;

/** Names beside their keys, in as many rows as they need. */
final class Legend {
    static final int ROW = 21;
    private static final int KEY = 26;
    private static final int GAP = 18;

    /** Draws the look of the i-th name in a box of 26 pixels around y. */
    interface Keys {
        void draw(int i, double x, double y);
    }

    private Legend() {}

    private static double advance(String name) {
        return KEY + 6 + Canvas.width(name) + GAP;
    }

    /** How high the legend gets. */
    static int height(List<String> names, double width) {
        int rows = names.isEmpty() ? 0 : 1;
        double x = 0;
        for (String name : names) {
            if (x > 0 && x + advance(name) > width + GAP) {
                rows++;
                x = 0;
            }
            x += advance(name);
        }
        return rows * ROW;
    }

    static void draw(Markup svg, List<String> names, double left, double top, double width, Keys keys) {
        double x = 0;
        double y = top + ROW / 2.0;
        for (int i = 0; i < names.size(); i++) {
            String name = names.get(i);
            if (x > 0 && x + advance(name) > width + GAP) {
                x = 0;
                y += ROW;
            }
            keys.draw(i, left + x, y);
            svg.element("text", Canvas.fitting(name, width - KEY - 6), "x", left + x + KEY + 6, "y", y + 5);
            x += advance(name);
        }
    }
}
