package io.residual.report.chart;

import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;

/**
 * The colours on light and on dark paper. Series have the colours of Okabe and Ito that stand out on the paper, which people
 * with any kind of colour vision can tell apart (M. Okabe, K. Ito, <i>Color Universal Design</i>, 2008).
 *
 * @param paper the background
 * @param ink texts
 * @param faint lesser texts, of a contrast of at least 4.5 to the paper
 * @param rule grid lines
 * @param series lines, bars and dots, in the order of use
 * @param lowest colour of the lowest value
 * @param highest colour of the highest value
 */
record Theme(String paper, String ink, String faint, String rule, List<String> series, String lowest, String highest) {
    static final Theme LIGHT = new Theme(
            "#ffffff",
            "#1f2328",
            "#57606a",
            "#dfe3e8",
            List.of("#0072b2", "#d55e00", "#009e73", "#b8518d", "#a87300", "#2f95cf", "#4d4d4d"),
            "#eff4f8",
            "#00466f");
    static final Theme DARK = new Theme(
            "#15191e",
            "#e6e9ed",
            "#a4adb8",
            "#323a43",
            List.of("#56b4e9", "#e69f00", "#1fbf92", "#dd8fbc", "#f0e442", "#f07c2d", "#c8c8c8"),
            "#222b35",
            "#a6dcff");

    /** The theme whose colours are the custom properties that {@link #properties} sets. */
    static Theme ofProperties() {
        List<String> series = IntStream.range(0, LIGHT.series.size())
                .mapToObj(i -> "var(--s" + i + ")")
                .toList();
        return new Theme("var(--paper)", "var(--ink)", "var(--faint)", "var(--rule)", series, "", "");
    }

    /** Declarations of custom properties, shades included. */
    String properties() {
        StringBuilder css = new StringBuilder();
        css.append("--paper:" + paper + ";--ink:" + ink + ";--faint:" + faint + ";--rule:" + rule + ";");
        for (int i = 0; i < series.size(); i++) {
            css.append("--s" + i + ":" + series.get(i) + ";");
        }
        for (int i = 0; i < ChartStyle.SHADES; i++) {
            css.append("--h" + i + ":" + shade(i) + ";--t" + i + ":" + onShade(i) + ";");
        }
        return css.toString();
    }

    String shade(int i) {
        if (lowest.isEmpty()) {
            return "var(--h" + i + ")";
        }
        double share = (double) i / (ChartStyle.SHADES - 1);
        return String.format(
                Locale.ROOT,
                "#%02x%02x%02x",
                between(channel(lowest, 0), channel(highest, 0), share),
                between(channel(lowest, 1), channel(highest, 1), share),
                between(channel(lowest, 2), channel(highest, 2), share));
    }

    private static int between(int from, int to, double share) {
        return (int) Math.round(from + (to - from) * share);
    }

    private static int channel(String colour, int i) {
        return Integer.parseInt(colour.substring(1 + 2 * i, 3 + 2 * i), 16);
    }

    /** Colour of a text on a shade: of black and white the one with more contrast, which is at least 4.5. */
    String onShade(int i) {
        if (lowest.isEmpty()) {
            return "var(--t" + i + ")";
        }
        double luminance = luminance(shade(i));
        return (luminance + 0.05) / 0.05 > 1.05 / (luminance + 0.05) ? "#000000" : "#ffffff";
    }

    /** Relative luminance in [0, 1], as WCAG 2.2 defines it. */
    static double luminance(String colour) {
        return 0.2126 * linear(channel(colour, 0))
                + 0.7152 * linear(channel(colour, 1))
                + 0.0722 * linear(channel(colour, 2));
    }

    private static double linear(int channel) {
        double c = channel / 255.0;
        return c <= 0.04045 ? c / 12.92 : Math.pow((c + 0.055) / 1.055, 2.4);
    }
}
