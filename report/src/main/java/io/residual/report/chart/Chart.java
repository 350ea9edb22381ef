package io.residual.report.chart;

import io.residual.report.Markup;

/**
 * A picture of numbers. Its colours are classes of {@link ChartStyle}, so that it follows a page's light or dark theme;
 * nothing in it is shown by colour alone.
 */
public sealed interface Chart permits Plot, BarChart, HeatMap, ParallelCoordinates, FlowDiagram {
    /** What is shown, in a few words. */
    String title();

    /** What there is to see, for those who cannot see it. */
    String description();

    /** An {@code svg} element that needs the style sheet of {@link io.residual.report.page.Page}. */
    default String toSvg() {
        return draw(StyleSheet.SHARED).toString();
    }

    /** A file of its own, for a README: it has its own style sheet, and a background, in the reader's theme. */
    default String toSvgFile() {
        return "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n" + draw(StyleSheet.EMBEDDED) + "\n";
    }

    /** Where the chart's style sheet is. */
    enum StyleSheet {
        SHARED,
        EMBEDDED
    }

    /** Draws the chart. */
    Markup draw(StyleSheet sheet);
}
