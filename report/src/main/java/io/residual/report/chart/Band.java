package io.residual.report.chart;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.DoubleStream;

/**
 * What lies between two lines: a spread over seeds, an interval.
 *
 * @param slices in rising order of x
 */
public record Band(String name, List<Slice> slices) implements Layer {
    /**
     * The band at one place.
     *
     * @param low finite
     * @param high finite, at least {@code low}
     */
    public record Slice(double x, double low, double high) {
        public Slice {
            if (!(Double.isFinite(x) && Double.isFinite(low) && Double.isFinite(high) && low <= high)) {
                throw new IllegalArgumentException("not a slice of a band: " + low + " to " + high + " at " + x);
            }
        }
    }

    public Band {
        slices = List.copyOf(slices);
    }

    /** Returns the band of the named line before it. */
    public static Band around(List<Slice> slices) {
        return new Band("", slices);
    }

    @Override
    public DoubleStream xs() {
        return slices.stream().mapToDouble(Slice::x);
    }

    @Override
    public DoubleStream ys() {
        return slices.stream().flatMapToDouble(slice -> DoubleStream.of(slice.low(), slice.high()));
    }

    @Override
    public void draw(Drawing drawing) {
        List<Point> outline = new ArrayList<>();
        slices.forEach(slice -> outline.add(new Point(slice.x(), slice.high())));
        for (int i = slices.size() - 1; i >= 0; i--) {
            outline.add(new Point(slices.get(i).x(), slices.get(i).low()));
        }
        drawing.svg().path("band " + drawing.colour(), drawing.path(outline) + (outline.isEmpty() ? "" : "Z"));
    }

    @Override
    public void drawLegendKey(Drawing drawing, double x, double y) {
        drawing.svg().rect("band " + drawing.colour(), x, y - 6, 26, 12);
    }
}
