package io.residual.report.chart;

import io.residual.report.Markup;
import io.residual.report.chart.Chart.Sheet;

/** What all charts have in common: the {@code svg} element with its text alternatives, the title, and texts. */
final class Canvas {
    /** Pixels of the text, as in {@link ChartStyle}. */
    static final int TEXT = 14;

    static final int TITLE_HEIGHT = 34;
    /** Mean width of a letter as part of its height, on the safe side for sans-serif fonts. */
    private static final double LETTER = 0.62;

    private Canvas() {}

    /** Opens the element; the caller closes it. */
    static Markup open(Chart chart, double width, double height, Sheet sheet) {
        Markup svg = new Markup();
        svg.open(
                "svg",
                "xmlns",
                "http://www.w3.org/2000/svg",
                "viewBox",
                "0 0 " + Markup.number(width) + " " + Markup.number(height),
                "width",
                width,
                "height",
                height,
                "class",
                "chart",
                "role",
                "img",
                "aria-label",
                chart.title() + ". " + chart.description());
        svg.element("title", chart.title()).element("desc", chart.description());
        if (sheet == Sheet.ITS_OWN) {
            svg.style(ChartStyle.ofFile());
        }
        svg.leaf("rect", "class", "paper", "width", width, "height", height);
        svg.element("text", chart.title(), "class", "title", "x", 12, "y", 23);
        return svg;
    }

    /** How wide a text gets, about. */
    static double width(String text) {
        return text.length() * LETTER * TEXT;
    }

    /** The text, or its beginning and an ellipsis where it is wider than the room for it. */
    static String fitting(String text, double room) {
        int letters = (int) (room / (LETTER * TEXT));
        return text.length() <= letters ? text : text.substring(0, Math.max(1, letters - 1)) + "…";
    }
}
