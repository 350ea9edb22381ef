package io.residual.report.chart;

import io.residual.report.Markup;
import io.residual.report.Numbers;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.stream.DoubleStream;

/**
 * Horizontal bars in groups, one group for each category, with the value at the end of each bar.
 *
 * @param value the quantity; without a range of its own it starts at zero
 * @param categories names of the groups, from the top
 * @param series bars of each series, one for each category
 */
public record BarChart(String title, String description, Axis value, List<String> categories, List<Bars> series)
        implements Chart {
    private static final double WIDTH = 560;
    private static final double MAX_LABEL = 240;
    private static final double VALUE_WIDTH = 64;
    private static final double BAR = 15;
    private static final double GAP = 9;
    private static final double BOTTOM = 52;
    private static final int DIGITS = 4;
    private static final int TICKS = 7;

    /**
     * A bar for each category.
     *
     * @param name what the legend calls the series
     */
    public record Bars(String name, List<Bar> bars) {
        public Bars {
            bars = List.copyOf(bars);
        }
    }

    /**
     * A bar.
     *
     * @param value where it ends; empty if undefined, which is written as n/a
     * @param spread what its whiskers show
     */
    public record Bar(OptionalDouble value, Optional<Range> spread) {
        public Bar {
            if (value.isPresent() && !Double.isFinite(value.getAsDouble())) {
                throw new IllegalArgumentException("a bar must be finite, found " + value.getAsDouble());
            }
        }

        public static Bar of(double value) {
            return new Bar(OptionalDouble.of(value), Optional.empty());
        }

        /** Returns a bar with whiskers; none where low and high are equal. */
        public static Bar of(double value, double low, double high) {
            return new Bar(
                    OptionalDouble.of(value), low == high ? Optional.empty() : Optional.of(new Range(low, high)));
        }

        public static Bar undefined() {
            return new Bar(OptionalDouble.empty(), Optional.empty());
        }
    }

    public BarChart {
        categories = List.copyOf(categories);
        series = List.copyOf(series);
        if (title.isBlank() || description.isBlank()) {
            throw new IllegalArgumentException("a chart needs a title and a description");
        }
        for (Bars bars : series) {
            if (bars.bars().size() != categories.size()) {
                throw new IllegalArgumentException(bars.name() + ": "
                        + bars.bars().size() + " bars do not match " + categories.size() + " categories");
            }
        }
    }

    @Override
    public Markup draw(StyleSheet sheet) {
        List<String> names = series.size() > 1 ? series.stream().map(Bars::name).toList() : List.of();
        double left = 14
                + Math.min(
                        MAX_LABEL,
                        categories.stream().mapToDouble(Canvas::width).max().orElse(0));
        double top = Canvas.TITLE_HEIGHT + Legend.height(names, WIDTH - 24) + 8;
        double bottom = top + categories.size() * (series.size() * BAR + GAP) + GAP;
        Scale scale = value.scale(DoubleStream.concat(DoubleStream.of(0), values()), left, WIDTH - VALUE_WIDTH, TICKS);

        Markup svg = Canvas.open(this, WIDTH, bottom + BOTTOM, sheet);
        Legend.draw(svg, names, 12, Canvas.TITLE_HEIGHT, WIDTH - 24, (i, x, y) -> legendKey(svg, i, x, y));
        grid(svg, scale, top, bottom);
        double y = top + GAP;
        for (int category = 0; category < categories.size(); category++) {
            double middle = y + series.size() * BAR / 2;
            String label = Canvas.fitting(categories.get(category), MAX_LABEL);
            svg.line().element("text", label, "text-anchor", "end", "x", left - 8, "y", middle + 5);
            for (int i = 0; i < series.size(); i++) {
                bar(svg, series.get(i).bars().get(category), i, scale, y + i * BAR);
            }
            y += series.size() * BAR + GAP;
        }
        return svg.close();
    }

    private DoubleStream values() {
        return series.stream()
                .flatMap(bars -> bars.bars().stream())
                .flatMapToDouble(bar -> DoubleStream.concat(
                        bar.value().stream(),
                        bar.spread().stream().flatMapToDouble(range -> DoubleStream.of(range.low(), range.high()))));
    }

    private void grid(Markup svg, Scale scale, double top, double bottom) {
        for (Tick tick : scale.ticks()) {
            double x = scale.at(tick.value());
            svg.path("grid", Markup.move(x, top) + "V" + Markup.number(bottom));
            svg.element("text", tick.label(), "class", "tick", "text-anchor", "middle", "x", x, "y", bottom + 17);
        }
        double middle = (scale.from() + scale.to()) / 2;
        svg.element("text", value.label(), "text-anchor", "middle", "x", middle, "y", bottom + 38);
    }

    /** Every other series is hatched by its outline, so that neighbours differ without colours. */
    private static String look(int i) {
        return (i % 2 == 0 ? "" : "open ") + ChartStyle.colour(i);
    }

    private static void legendKey(Markup svg, int i, double x, double y) {
        svg.rect(look(i), x, y - 5, 25, 10);
    }

    private static void bar(Markup svg, Bar bar, int i, Scale scale, double top) {
        double start =
                scale.at(Math.max(scale.range().low(), Math.min(scale.range().high(), 0)));
        double middle = top + BAR / 2;
        if (bar.value().isEmpty()) {
            svg.element("text", Numbers.NOT_AVAILABLE, "class", "note", "x", start + 5, "y", middle + 4);
            return;
        }
        double end = scale.at(bar.value().getAsDouble());
        svg.rect(look(i), Math.min(start, end), top + 1.5, Math.abs(end - start), BAR - 3);
        double rightmost = Math.max(start, end);
        if (bar.spread().isPresent()) {
            double low = scale.at(bar.spread().get().low());
            double high = scale.at(bar.spread().get().high());
            String line = Markup.move(low, middle) + "H" + Markup.number(high);
            svg.path("whisker", line + "m0 -4v8" + Markup.move(low, middle - 4) + "v8");
            rightmost = Math.max(rightmost, high);
        }
        String figure = Numbers.of(bar.value().getAsDouble(), DIGITS);
        svg.element("text", figure, "class", "note", "x", rightmost + 5, "y", middle + 4);
    }
}
