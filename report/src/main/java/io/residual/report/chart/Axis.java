package io.residual.report.chart;

import java.util.List;
import java.util.Optional;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;

/**
 * What one direction of a chart shows.
 *
 * @param label the quantity and its unit, for example {@code learning rate} or {@code duration, s}
 * @param range the values shown; empty to fit the data
 * @param categories names of the values 0, 1, 2, ...; empty for numbers
 */
public record Axis(String label, ScaleType scaling, Optional<Range> range, List<String> categories) {
    /** Room beside the first and the last category. */
    private static final double MARGIN = 0.5;

    public Axis {
        if (label.isBlank()) {
            throw new IllegalArgumentException("an axis must say what it shows");
        }
        categories = List.copyOf(categories);
        if (!categories.isEmpty() && (scaling != ScaleType.LINEAR || range.isPresent())) {
            throw new IllegalArgumentException(label + ": categories have a scale and a range of their own");
        }
        range.ifPresent(r -> scaling.position(r.low()));
    }

    public static Axis linear(String label) {
        return new Axis(label, ScaleType.LINEAR, Optional.empty(), List.of());
    }

    /** Returns an axis by decimal logarithms, for values above zero. */
    public static Axis log(String label) {
        return new Axis(label, ScaleType.LOG, Optional.empty(), List.of());
    }

    /** Returns an axis of names; the value i stands for the i-th. */
    public static Axis categories(String label, List<String> names) {
        if (names.isEmpty()) {
            throw new IllegalArgumentException(label + ": there are no categories");
        }
        return new Axis(label, ScaleType.LINEAR, Optional.empty(), names);
    }

    /** Returns this axis with a range of its own; values outside are cut off. */
    public Axis between(double low, double high) {
        return new Axis(label, scaling, Optional.of(new Range(low, high)), categories);
    }

    /**
     * Returns the scale that places this axis' values on paper.
     *
     * @param values the data, which decide the range where none is given
     * @param from where the low end lies, in pixels
     * @param to where the high end lies, in pixels
     * @param maxTicks how many ticks there is room for
     * @throws IllegalArgumentException if a value is NaN, infinite, or not above zero on a logarithmic axis
     */
    public Scale scale(DoubleStream values, double from, double to, int maxTicks) {
        if (!categories.isEmpty()) {
            List<Tick> ticks = IntStream.range(0, categories.size())
                    .mapToObj(i -> new Tick(i, categories.get(i)))
                    .toList();
            return new Scale(scaling, new Range(-MARGIN, categories.size() - 1 + MARGIN), from, to, ticks);
        }
        Range shown = range.orElseGet(() -> scaling.niceRange(Range.around(values, scaling), maxTicks));
        return new Scale(scaling, shown, from, to, scaling.ticks(shown, maxTicks));
    }
}
