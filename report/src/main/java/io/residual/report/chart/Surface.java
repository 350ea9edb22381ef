package io.residual.report.chart;

import java.util.List;
import java.util.stream.DoubleStream;

/**
 * A quantity over a plane, as shades by the plot's {@link ColourScale} and contour lines.
 *
 * @param columns places of the columns, in rising order, at least two
 * @param rows places of the rows, in rising order, at least two
 * @param values shape [rows, columns], finite: the quantity at (x, y)
 * @param levels values whose contours are drawn
 */
public record Surface(List<Double> columns, List<Double> rows, List<List<Double>> values, List<Double> levels)
        implements Layer {
    /** How far cells reach over their neighbours, so that no background shows between them. */
    private static final double SEAM = 0.4;

    public Surface {
        columns = List.copyOf(columns);
        rows = List.copyOf(rows);
        values = values.stream().map(List::copyOf).toList();
        levels = List.copyOf(levels);
        int width = columns.size();
        if (width < 2 || rows.size() < 2) {
            throw new IllegalArgumentException("a surface has at least two columns and rows");
        }
        if (values.size() != rows.size() || values.stream().anyMatch(row -> row.size() != width)) {
            throw new IllegalArgumentException("the values are not " + rows.size() + " rows of " + width + " columns");
        }
        if (!values.stream().flatMap(List::stream).allMatch(Double::isFinite)) {
            throw new IllegalArgumentException("a value of the surface is not finite");
        }
        requireRising(columns);
        requireRising(rows);
    }

    private static void requireRising(List<Double> places) {
        for (int i = 1; i < places.size(); i++) {
            if (!(places.get(i - 1) < places.get(i))) {
                throw new IllegalArgumentException("the places must rise: " + places);
            }
        }
    }

    /** Empty: the colour scale says what it is. */
    @Override
    public String name() {
        return "";
    }

    @Override
    public DoubleStream xs() {
        return columns.stream().mapToDouble(x -> x);
    }

    @Override
    public DoubleStream ys() {
        return rows.stream().mapToDouble(y -> y);
    }

    @Override
    public void draw(Drawing drawing) {
        ColourScale colours = drawing.colours()
                .orElseThrow(() -> new IllegalArgumentException("a surface needs a colour scale: colouredBy(...)"));
        for (int row = 0; row < rows.size(); row++) {
            double top = edge(drawing.y(), rows, row + 1);
            double bottom = edge(drawing.y(), rows, row);
            for (int column = 0; column < columns.size(); column++) {
                double left = edge(drawing.x(), columns, column);
                String shade = colours.shade(values.get(row).get(column));
                double width = edge(drawing.x(), columns, column + 1) - left;
                drawing.svg().rect(shade, left, top, width + SEAM, bottom - top + SEAM);
            }
        }
        for (double level : levels) {
            String path = Contour.path(this, level, drawing);
            if (!path.isEmpty()) {
                drawing.svg().open("path", "class", "contour", "d", path);
                drawing.svg().element("title", colours.label() + " " + level).close();
            }
        }
    }

    /** Pixels of the edge before a place: half-way to the one before it. */
    private static double edge(Scale scale, List<Double> places, int i) {
        if (i == 0) {
            return scale.at(places.get(0));
        }
        if (i == places.size()) {
            return scale.at(places.get(i - 1));
        }
        return (scale.at(places.get(i - 1)) + scale.at(places.get(i))) / 2;
    }
}
