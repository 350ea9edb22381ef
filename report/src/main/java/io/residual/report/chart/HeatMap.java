package io.residual.report.chart;

import io.residual.report.Markup;
import java.util.List;
import java.util.OptionalDouble;

/**
 * A table whose cells are shaded by their values and say them in figures too.
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
    private static final double LONGEST_LABEL = 150;
    private static final double LABEL = 26;
    private static final double HIGHEST_CELL = 40;
    private static final double LOWEST_CELL = 18;
    /** Narrower ones have no room for figures. */
    private static final double FIGURES_FROM = 22;

    /**
     * A cell.
     *
     * @param value what its shade tells; empty if undefined
     * @param text the value in figures
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
    public Markup draw(Sheet sheet) {
        double left = LABEL + 10 + labelRoom(rows);
        double right = WIDTH - ColourScale.WIDTH - 22;
        double cellWidth = (right - left) / columns.size();
        double cellHeight = Math.max(LOWEST_CELL, Math.min(HIGHEST_CELL, cellWidth));
        boolean slanted = columns.stream().anyMatch(name -> Canvas.width(name) > cellWidth);
        double top = Canvas.TITLE_HEIGHT + 8;
        double bottom = top + rows.size() * cellHeight;
        double columnNames = slanted ? 0.72 * labelRoom(columns) + 20 : 24;

        Markup svg = Canvas.open(this, WIDTH, bottom + columnNames + LABEL, sheet);
        for (int row = 0; row < rows.size(); row++) {
            double y = top + row * cellHeight;
            String name = Canvas.fitting(rows.get(row), LONGEST_LABEL);
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
                LONGEST_LABEL, names.stream().mapToDouble(Canvas::width).max().orElse(0));
    }

    private void cell(Markup svg, int row, int column, double x, double y, double width, double height) {
        Cell cell = cells.get(row).get(column);
        boolean shaded = cell.value().isPresent();
        double value = cell.value().orElse(0);
        svg.open("g");
        svg.element(
                "title",
                rowLabel + " " + rows.get(row) + ", " + columnLabel + " " + columns.get(column) + ": " + cell.text());
        svg.leaf(
                "rect",
                "class",
                shaded ? colours.shade(value) : "grid",
                "x",
                x + 0.5,
                "y",
                y + 0.5,
                "width",
                width - 1,
                "height",
                height - 1);
        if (width >= FIGURES_FROM) {
            svg.element(
                    "text",
                    cell.text(),
                    "class",
                    "tick" + (shaded ? " " + colours.onShade(value) : ""),
                    "text-anchor",
                    "middle",
                    "x",
                    x + width / 2,
                    "y",
                    y + height / 2 + 4);
        }
        svg.close();
    }

    private void columnName(Markup svg, int column, double x, double bottom, boolean slanted) {
        String name = Canvas.fitting(columns.get(column), LONGEST_LABEL);
        if (slanted) {
            String turn = "rotate(-45 " + Markup.number(x + 5) + " " + Markup.number(bottom + 14) + ")";
            svg.element("text", name, "text-anchor", "end", "x", x + 5, "y", bottom + 14, "transform", turn);
        } else {
            svg.element("text", name, "text-anchor", "middle", "x", x, "y", bottom + 18);
        }
    }

    private void axisLabels(Markup svg, double left, double right, double top, double bottom, double y) {
        svg.element("text", columnLabel, "text-anchor", "middle", "x", (left + right) / 2, "y", y);
        double middle = (top + bottom) / 2;
        String turn = "rotate(-90 16 " + Markup.number(middle) + ")";
        svg.element("text", rowLabel, "text-anchor", "middle", "x", 16, "y", middle, "transform", turn);
    }
}
