package io.residual.report.chart;

import io.residual.report.Markup;
import io.residual.report.chart.Chart.StyleSheet;

/** What all charts have in common: the {@code svg} element with its text alternatives, the title, and texts. */
final class Canvas {
    /** Pixels of the text, as in {@link ChartStyle}. */
    static final int TEXT = 14;

    static final int TITLE_HEIGHT = 34;
    /** Mean width of a letter as part of its height, on the safe side for sans-serif fonts. */
    private static final double LETTER = 0.62;

    private Canvas() {}

    /** Opens the element; the caller closes it. */
    static Markup open(Chart chart, double width, double height, StyleSheet sheet) {
        Markup svg = new Markup();
        String box = "0 0 " + Markup.number(width) + " " + Markup.number(height);
        String label = chart.title() + ". " + chart.description();
        svg.open(
                "svg",
                "xmlns",
                "http://www.w3.org/2000/svg",
                "viewBox",
                box,
                "width",
                width,
                "height",
                height,
                "class",
                "chart",
                "role",
                "img",
                "aria-label",
                label);
        svg.element("title", chart.title()).element("desc", chart.description());
        if (sheet == StyleSheet.EMBEDDED) {
            svg.style(ChartStyle.ofFile());
        }
        svg.leaf("rect", "class", "paper", "width", width, "height", height);
        svg.element("text", chart.title(), "class", "title", "x", 12, "y", 23);
        return svg;
    }

    /** Writes a text that is read upwards. */
    static void upright(Markup svg, String text, double x, double y) {
        String turn = "rotate(-90 " + Markup.number(x) + " " + Markup.number(y) + ")";
        svg.element("text", text, "text-anchor", "middle", "x", x, "y", y, "transform", turn);
    }

    /** How wide a text gets, about. */
    static double width(String text) {
        return text.length() * LETTER * TEXT;
    }

    /** The text, or its start and an ellipsis where it is wider than the room for it. */
    static String fitting(String text, double room) {
        int letters = (int) (room / (LETTER * TEXT));
        return text.length() <= letters ? text : text.substring(0, Math.max(1, letters - 1)) + "…";
    }
}
