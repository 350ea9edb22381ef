package io.residual.report.chart;

import io.residual.report.Markup;
import java.util.List;
import java.util.OptionalDouble;

/**
 * A table whose cells are shaded by their values and show them as numbers too.
 *
 * @param rowLabel what the rows are
 * @param columnLabel what the columns are
 * @param rows names, from the top
 * @param columns names, from the left
 * @param cells shape [rows, columns]
 */
public record HeatMap(
        String title,
        String description,
        String rowLabel,
        String columnLabel,
        List<String> rows,
        List<String> columns,
        ColourScale colours,
        List<List<Cell>> cells)
        implements Chart {
    private static final double WIDTH = 560;
    private static final double MAX_LABEL = 150;
    private static final double LABEL = 26;
    private static final double MAX_CELL_HEIGHT = 40;
    private static final double MIN_CELL_HEIGHT = 18;
    /** Narrower cells have no room for numbers. */
    private static final double MIN_WIDTH_OF_NUMBERS = 22;

    /**
     * A cell.
     *
     * @param value what its shade shows; empty if undefined
     * @param text the value as text
     */
    public record Cell(OptionalDouble value, String text) {
        public Cell {
            if (value.isPresent() && Double.isNaN(value.getAsDouble())) {
                throw new IllegalArgumentException("an undefined value is empty, not NaN");
            }
        }

        public static Cell of(double value, String text) {
            return new Cell(OptionalDouble.of(value), text);
        }
    }

    public HeatMap {
        rows = List.copyOf(rows);
        columns = List.copyOf(columns);
        cells = cells.stream().map(List::copyOf).toList();
        int width = columns.size();
        if (title.isBlank() || description.isBlank()) {
            throw new IllegalArgumentException("a chart needs a title and a description");
        }
        if (rows.isEmpty()
                || columns.isEmpty()
                || cells.size() != rows.size()
                || cells.stream().anyMatch(row -> row.size() != width)) {
            throw new IllegalArgumentException("the cells are not " + rows.size() + " rows of " + width + " columns");
        }
    }

    @Override
    public Markup draw(StyleSheet sheet) {
        double left = LABEL + 10 + labelRoom(rows);
        double right = WIDTH - ColourScale.WIDTH - 22;
        double cellWidth = (right - left) / columns.size();
        double cellHeight = Math.max(MIN_CELL_HEIGHT, Math.min(MAX_CELL_HEIGHT, cellWidth));
        boolean slanted = columns.stream().anyMatch(name -> Canvas.width(name) > cellWidth);
        double top = Canvas.TITLE_HEIGHT + 8;
        double bottom = top + rows.size() * cellHeight;
        double columnNames = slanted ? 0.72 * labelRoom(columns) + 20 : 24;

        Markup svg = Canvas.open(this, WIDTH, bottom + columnNames + LABEL, sheet);
        for (int row = 0; row < rows.size(); row++) {
            double y = top + row * cellHeight;
            String name = Canvas.fitting(rows.get(row), MAX_LABEL);
            svg.line().element("text", name, "text-anchor", "end", "x", left - 8, "y", y + cellHeight / 2 + 5);
            for (int column = 0; column < columns.size(); column++) {
                cell(svg, row, column, left + column * cellWidth, y, cellWidth, cellHeight);
            }
        }
        for (int column = 0; column < columns.size(); column++) {
            columnName(svg, column, left + (column + 0.5) * cellWidth, bottom, slanted);
        }
        axisLabels(svg, left, right, top, bottom, bottom + columnNames + 12);
        colours.bar(svg, right + 14, top, bottom - top);
        return svg.close();
    }

    private static double labelRoom(List<String> names) {
        return Math.min(
                MAX_LABEL, names.stream().mapToDouble(Canvas::width).max().orElse(0));
    }

    private void cell(Markup svg, int row, int column, double x, double y, double width, double height) {
        Cell cell = cells.get(row).get(column);
        boolean shaded = cell.value().isPresent();
        double value = cell.value().orElse(0);
        svg.open("g");
        String place = rowLabel + " " + rows.get(row) + ", " + columnLabel + " " + columns.get(column);
        svg.element("title", place + ": " + cell.text());
        svg.rect(shaded ? colours.shade(value) : "grid", x + 0.5, y + 0.5, width - 1, height - 1);
        if (width >= MIN_WIDTH_OF_NUMBERS) {
            String classes = shaded ? "tick " + colours.onShade(value) : "tick";
            double middle = y + height / 2 + 4;
            svg.element(
                    "text", cell.text(), "class", classes, "text-anchor", "middle", "x", x + width / 2, "y", middle);
        }
        svg.close();
    }

    private void columnName(Markup svg, int column, double x, double bottom, boolean slanted) {
        String name = Canvas.fitting(columns.get(column), MAX_LABEL);
        if (slanted) {
            String turn = "rotate(-45 " + Markup.number(x + 5) + " " + Markup.number(bottom + 14) + ")";
            svg.element("text", name, "text-anchor", "end", "x", x + 5, "y", bottom + 14, "transform", turn);
        } else {
            svg.element("text", name, "text-anchor", "middle", "x", x, "y", bottom + 18);
        }
    }

    private void axisLabels(Markup svg, double left, double right, double top, double bottom, double y) {
        svg.element("text", columnLabel, "text-anchor", "middle", "x", (left + right) / 2, "y", y);
        Canvas.upright(svg, rowLabel, 16, (top + bottom) / 2);
    }
}
