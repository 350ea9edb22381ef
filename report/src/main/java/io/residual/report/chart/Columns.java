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
    public void draw(Drawing drawing) {
        for (Column column : columns) {
            double left = drawing.x().at(column.left());
            double right = drawing.x().at(column.right());
            double zero = drawing.y().at(0);
            double end = drawing.y().at(column.height());
            double width = Math.max(0.5, right - left - 1);
            drawing.svg()
                    .rect("column " + drawing.colour(), left + 0.5, Math.min(zero, end), width, Math.abs(zero - end));
        }
    }

    @Override
    public void drawLegendKey(Drawing drawing, double x, double y) {
        drawing.svg().rect("column " + drawing.colour(), x, y - 6, 26, 12);
    }
}
