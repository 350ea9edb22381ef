package io.residual.report.chart;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.DoubleStream;

/**
 * Columns that stand on zero: a histogram, the bins of a reliability diagram.
 *
 * @param columns any number
 */
public record Columns(String name, List<Column> columns) implements Layer {
    /**
     * A column.
     *
     * @param left its left edge
     * @param right its right edge, above {@code left}
     * @param height finite
     */
    public record Column(double left, double right, double height) {
        public Column {
            if (!(Double.isFinite(left) && Double.isFinite(right) && left < right && Double.isFinite(height))) {
                throw new IllegalArgumentException("not a column: " + height + " from " + left + " to " + right);
            }
        }
    }

    public Columns {
        columns = List.copyOf(columns);
    }

    /**
     * Returns the columns of a histogram.
     *
     * @param edges in rising order, one more than counts
     * @param counts not negative
     */
    public static Columns histogram(String name, List<Double> edges, List<Long> counts) {
        if (edges.size() != counts.size() + 1) {
            throw new IllegalArgumentException(edges.size() + " edges do not match " + counts.size() + " counts");
        }
        List<Column> columns = new ArrayList<>();
        for (int i = 0; i < counts.size(); i++) {
            columns.add(new Column(edges.get(i), edges.get(i + 1), counts.get(i)));
        }
        return new Columns(name, columns);
    }

    @Override
    public DoubleStream xs() {
        return columns.stream().flatMapToDouble(column -> DoubleStream.of(column.left(), column.right()));
    }

    @Override
    public DoubleStream ys() {
        return DoubleStream.concat(DoubleStream.of(0), columns.stream().mapToDouble(Column::height));
    }

    @Override
    public void draw(Drawing on) {
        for (Column column : columns) {
            double left = on.x().at(column.left());
            double right = on.x().at(column.right());
            double zero = on.y().at(0);
            double end = on.y().at(column.height());
            on.svg()
                    .leaf(
                            "rect",
                            "class",
                            "column " + on.colour(),
                            "x",
                            left + 0.5,
                            "y",
                            Math.min(zero, end),
                            "width",
                            Math.max(0.5, right - left - 1),
                            "height",
                            Math.abs(zero - end));
        }
    }

    @Override
    public void key(Drawing on, double x, double y) {
        on.svg().leaf("rect", "class", "column " + on.colour(), "x", x, "y", y - 6, "width", 26, "height", 12);
    }
}
