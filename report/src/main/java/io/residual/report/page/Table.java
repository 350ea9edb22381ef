package io.residual.report.page;

import io.residual.report.Markup;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * A table with a head, which can be written as a part of a page, as Markdown and as text. The first cell of each row names
 * the row.
 *
 * @param caption what it shows; in HTML only, since Markdown and text have it in the heading or sentence above
 * @param columns the head's cells
 * @param rows as many cells each as there are columns
 */
public record Table(String caption, List<Column> columns, List<List<String>> rows) {
    /** A column's name and where its cells are aligned. */
    public record Column(String name, Alignment alignment) {
        public static Column text(String name) {
            return new Column(name, Alignment.START);
        }

        /** Returns a column of numbers, which stand under each other digit by digit. */
        public static Column number(String name) {
            return new Column(name, Alignment.END);
        }
    }

    /** Which edge of the column its cells stand at. */
    public enum Alignment {
        START,
        END
    }

    public Table {
        columns = List.copyOf(columns);
        rows = rows.stream().map(List::copyOf).toList();
        if (columns.isEmpty()) {
            throw new IllegalArgumentException(caption + ": a table without columns");
        }
        for (List<String> row : rows) {
            if (row.size() != columns.size()) {
                throw new IllegalArgumentException(
                        caption + ": " + row.size() + " cells do not match " + columns.size() + " columns");
            }
        }
    }

    public static Table of(String caption, Column... columns) {
        return new Table(caption, List.of(columns), List.of());
    }

    /** Returns this table with one more row. */
    public Table row(String... cells) {
        return new Table(
                caption,
                columns,
                Stream.concat(rows.stream(), Stream.of(List.of(cells))).toList());
    }

    /** Returns this table with more rows. */
    public Table rows(List<List<String>> more) {
        List<List<String>> all = new ArrayList<>(rows);
        all.addAll(more);
        return new Table(caption, columns, all);
    }

    void write(Markup html) {
        // It can be scrolled on a phone, so it must be reachable by keyboard, and so it needs a name.
        html.open("div", "class", "scroll", "tabindex", 0, "role", "region", "aria-label", caption);
        html.open("table").element("caption", caption).open("thead").open("tr");
        for (Column column : columns) {
            html.element("th", column.name(), "scope", "col", "class", classOf(column));
        }
        html.close().close().line().open("tbody");
        for (List<String> row : rows) {
            html.open("tr").element("th", row.get(0), "scope", "row", "class", classOf(columns.get(0)));
            for (int i = 1; i < row.size(); i++) {
                html.element("td", row.get(i), "class", classOf(columns.get(i)));
            }
            html.close().line();
        }
        html.close().close().close().line();
    }

    /** Returns the table as GitHub's Markdown renders it, with a line break at the end. */
    public String toMarkdown() {
        StringBuilder out = new StringBuilder();
        markdownRow(out, columns.stream().map(Column::name).toList());
        out.append('|');
        columns.forEach(column -> out.append(column.alignment() == Alignment.END ? "--:|" : "---|"));
        out.append('\n');
        rows.forEach(row -> markdownRow(out, row));
        return out.toString();
    }

    private static void markdownRow(StringBuilder out, List<String> cells) {
        out.append('|');
        cells.forEach(cell ->
                out.append(' ').append(oneLine(cell).replace("|", "\\|")).append(" |"));
        out.append('\n');
    }

    private static String oneLine(String cell) {
        return cell.replace('\n', ' ');
    }

    /** Returns the table for a terminal: a line for each row, the columns aligned by spaces and two spaces apart. */
    public String toText() {
        List<List<String>> all = new ArrayList<>();
        all.add(columns.stream().map(Column::name).toList());
        rows.forEach(row -> all.add(row.stream().map(Table::oneLine).toList()));
        StringBuilder out = new StringBuilder();
        for (List<String> row : all) {
            StringBuilder line = new StringBuilder();
            for (int i = 0; i < columns.size(); i++) {
                String space = " ".repeat(width(all, i) - row.get(i).length());
                line.append(i == 0 ? "" : "  ")
                        .append(columns.get(i).alignment() == Alignment.END ? space + row.get(i) : row.get(i) + space);
            }
            out.append(line.toString().stripTrailing()).append('\n');
        }
        return out.toString();
    }

    private static int width(List<List<String>> rows, int column) {
        return rows.stream().mapToInt(row -> row.get(column).length()).max().orElseThrow();
    }

    private static String classOf(Column column) {
        return column.alignment() == Alignment.END ? "end" : "start";
    }
}
