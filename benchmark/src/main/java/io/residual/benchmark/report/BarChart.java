package io.residual.benchmark.report;

import io.residual.benchmark.contest.Contestant.Family;
import io.residual.benchmark.report.Standings.Contest;
import io.residual.benchmark.report.Standings.Row;
import io.residual.benchmark.worker.Spread;
import java.util.List;
import java.util.Locale;

/**
 * The standings as an SVG: a panel for each case and task with a bar for each contestant, its range over the rounds, and the
 * convolution limit as a dashed line. The background is painted, so that the chart reads the same on a dark page.
 */
record BarChart(List<Contest> contests) {
    private static final int WIDTH = 760;
    private static final int LABELS = 210;
    private static final int FIGURES = 90;
    private static final int BAR = 16;
    private static final int ROW = 22;
    private static final int HEAD = 44;
    private static final int GAP = 14;

    BarChart {
        contests = List.copyOf(contests);
    }

    String svg() {
        int height = GAP + contests.stream().mapToInt(BarChart::height).sum();
        StringBuilder svg = new StringBuilder();
        svg.append(String.format(Locale.ROOT, """
                <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" width="%d" height="%d" role="img" \
                aria-labelledby="title description" font-family="system-ui, sans-serif" font-size="12">
                <title id="title">Images per second</title>
                <desc id="description">%s</desc>
                <rect width="100%%" height="100%%" fill="#ffffff"/>
                """, WIDTH, height, WIDTH, height, escaped(description())));
        int y = GAP;
        for (Contest contest : contests) {
            svg.append(panel(contest, y));
            y += height(contest);
        }
        return svg.append("</svg>\n").toString();
    }

    /** What the chart shows, in words. */
    private String description() {
        StringBuilder text = new StringBuilder();
        for (Contest contest : contests) {
            text.append(title(contest)).append(": ");
            contest.rows()
                    .forEach(row -> text.append(row.contestant())
                            .append(' ')
                            .append(Figures.rate(row.imagesPerSecond().median()))
                            .append(", "));
            text.append("images per second. ");
        }
        return text.toString().strip();
    }

    private static int height(Contest contest) {
        return HEAD + ROW * contest.rows().size() + GAP;
    }

    private static String panel(Contest contest, int top) {
        double longest = contest.rows().stream()
                .mapToDouble(row -> row.imagesPerSecond().greatest())
                .max()
                .orElse(1);
        Spread limit = contest.limit();
        double scale = (WIDTH - LABELS - FIGURES) / Math.max(longest, limit == null ? 0 : limit.median());
        StringBuilder panel = new StringBuilder(text(GAP, top + 16, "font-weight=\"bold\"", title(contest)));
        int y = top + HEAD;
        for (Row row : contest.rows()) {
            panel.append(bar(row, y, scale));
            y += ROW;
        }
        if (limit != null) {
            double x = LABELS + scale * limit.median();
            panel.append(String.format(
                    Locale.ROOT,
                    "<line x1=\"%.1f\" y1=\"%d\" x2=\"%.1f\" y2=\"%d\" stroke=\"#57606a\" stroke-dasharray=\"4 3\"/>%n",
                    x,
                    top + HEAD - 4,
                    x,
                    y));
            panel.append(text(
                    x,
                    top + HEAD - 10,
                    "text-anchor=\"end\" fill=\"#57606a\"",
                    "convolutions alone: " + Figures.rate(limit.median())));
        }
        return panel.toString();
    }

    private static String bar(Row row, int y, double scale) {
        Spread rate = row.imagesPerSecond();
        double end = LABELS + scale * rate.greatest();
        int middle = y + BAR / 2;
        return text(LABELS - 8.0, middle + 4, "text-anchor=\"end\"", row.contestant())
                + String.format(
                        Locale.ROOT,
                        "<rect x=\"%d\" y=\"%d\" width=\"%.1f\" height=\"%d\" fill=\"%s\"/>%n",
                        LABELS,
                        y,
                        scale * rate.median(),
                        BAR,
                        colour(row.family()))
                + String.format(
                        Locale.ROOT,
                        "<line x1=\"%.1f\" y1=\"%d\" x2=\"%.1f\" y2=\"%d\" stroke=\"#1f2328\" stroke-width=\"2\"/>%n",
                        LABELS + scale * rate.least(),
                        middle,
                        end,
                        middle)
                + text(end + 6, middle + 4, "", Figures.rate(rate.median()));
    }

    /** Told apart by lightness too, for those who do not see colours. */
    private static String colour(Family family) {
        return switch (family) {
            case RESIDUAL -> "#0969da";
            case STOCK -> "#afb8c1";
            case PYTORCH -> "#fb8f44";
        };
    }

    private static String title(Contest contest) {
        return "ResNet-18 " + Figures.task(contest.task()) + ", "
                + contest.setting().pixels() + " px, batch " + contest.setting().batch() + ", images/s";
    }

    private static String text(double x, int y, String attributes, String content) {
        String fill = attributes.contains("fill=") ? "" : " fill=\"#1f2328\"";
        return String.format(
                Locale.ROOT, "<text x=\"%.1f\" y=\"%d\" %s%s>%s</text>%n", x, y, attributes, fill, escaped(content));
    }

    private static String escaped(String text) {
        return text.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&quot;");
    }
}
