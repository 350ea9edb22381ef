package io.residual.report.chart;

/** The style sheet of the charts. */
public final class ChartStyle {
    /** How many shades a {@link ColourScale} has. */
    static final int SHADES = 21;

    /** How many dash patterns there are; prime to the number of colours, so that 35 series differ. */
    private static final String[] DASHES = {"none", "7 4", "2 3", "10 3 2 3", "5 2 1 2 1 2"};

    private static final String DARK = "@media (prefers-color-scheme: dark)";

    private ChartStyle() {}

    /** Custom properties and rules, for a page. They set {@code --paper}, {@code --ink}, {@code --faint}, {@code --rule}. */
    public static String ofPage() {
        return ":root{color-scheme:light dark;" + Theme.LIGHT.properties() + "}\n" + DARK + "{:root{"
                + Theme.DARK.properties() + "}}\n@media print{:root{color-scheme:light;" + Theme.LIGHT.properties()
                + "}}\n" + SHAPES + colours(Theme.ofProperties());
    }

    /** Rules without custom properties, which few programs but browsers know. */
    static String ofFile() {
        return SHAPES + colours(Theme.LIGHT) + DARK + "{" + colours(Theme.DARK) + "}";
    }

    private static final String SHAPES = """
            .chart text{font:%dpx system-ui,-apple-system,"Segoe UI","DejaVu Sans",sans-serif}
            .chart .title{font-weight:600;font-size:15px}
            .chart .tick,.chart .note{font-size:12px}
            .chart .grid,.chart .frame,.chart .line,.chart .dim{fill:none}
            .chart .line{stroke-width:2;stroke-linejoin:round}
            .chart .dim{stroke-width:1;stroke-opacity:.5}
            .chart .band{fill-opacity:.22}
            .chart .column{fill-opacity:.75}
            .chart .rule{stroke-width:1.5;stroke-dasharray:4 3;fill:none}
            .chart .mark{stroke-width:1.5}
            .chart .strand{fill:none;stroke-width:1.5}
            .chart .halo{paint-order:stroke;stroke-width:4;stroke-linejoin:round}
            .chart .contour{stroke-width:1.5;fill:none}
            .chart .whisker{stroke-width:1.5;fill:none}
            """.formatted(Canvas.TEXT);

    private static String colours(Theme theme) {
        StringBuilder css = new StringBuilder();
        css.append(".chart text{fill:" + theme.ink() + "}");
        css.append(".chart .paper{fill:" + theme.paper() + "}");
        css.append(".chart .tick,.chart .note{fill:" + theme.faint() + "}");
        css.append(".chart .halo{stroke:" + theme.paper() + "}");
        css.append(".chart .grid{stroke:" + theme.rule() + "}");
        css.append(".chart .frame,.chart .rule,.chart .dim,.chart .whisker{stroke:" + theme.faint() + "}");
        for (int i = 0; i < theme.series().size(); i++) {
            css.append(".chart .s" + i + "{fill:" + theme.series().get(i) + ";stroke:"
                    + theme.series().get(i) + "}");
        }
        for (int i = 0; i < SHADES; i++) {
            css.append(".chart .h" + i + "{fill:" + theme.shade(i) + "}");
            css.append(".chart .t" + i + "{fill:" + theme.onShade(i) + "}");
            css.append(".chart .l" + i + "{stroke:" + theme.shade(i) + "}");
        }
        // Neither ink nor paper is seen on all shades; this one is.
        css.append(".chart .contour{stroke:" + theme.series().get(1) + "}");
        css.append(".chart .line,.chart .dim{fill:none}.chart .open{fill:" + theme.paper() + "}");
        css.append(".chart .band,.chart .column{stroke:none}.chart .strand{fill:none}.chart .dot{stroke:" + theme.ink()
                + "}");
        return css.append('\n').toString();
    }

    /** Class of a series' colour. */
    static String colour(int series) {
        return "s" + series % Theme.LIGHT.series().size();
    }

    /** Dash pattern of a series' line. */
    static String dash(int series) {
        return DASHES[series % DASHES.length];
    }
}
