package io.residual.benchmark.report;

import io.residual.benchmark.report.CaseTable.Contest;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Text in rows and columns; the first column is a name, the others are figures.
 *
 * @param rows each as long as the header
 */
record Table(List<String> header, List<List<String>> rows) {
    Table {
        header = List.copyOf(header);
        rows = List.copyOf(rows);
    }

    static Table of(Contest contest) {
        List<List<String>> rows = contest.rows().stream()
                .map(row -> List.of(
                        row.contestant(),
                        Numbers.rate(row.imagesPerSecond().median()),
                        Numbers.range(row.imagesPerSecond()),
                        Numbers.ratio(row.toPyTorch()),
                        Numbers.ratio(row.toStock()),
                        Numbers.percent(row.ofLimit()),
                        Numbers.percent(row.ofPeak()),
                        Numbers.gigabytes(row.peakResidentBytes())))
                .toList();
        return new Table(
                List.of(
                        "contestant",
                        "images/s",
                        "min - max",
                        "x best PyTorch",
                        "x stock",
                        "of conv limit",
                        "of peak",
                        "memory"),
                rows);
    }

    String markdown() {
        List<String> lines = new ArrayList<>();
        lines.add("| " + String.join(" | ", header) + " |");
        lines.add("|---" + "|--:".repeat(header.size() - 1) + "|");
        for (List<String> row : rows) {
            lines.add("| " + String.join(" | ", row.stream().map(Table::escaped).toList()) + " |");
        }
        return String.join("\n", lines) + "\n";
    }

    /** Aligned with spaces. */
    String text() {
        StringBuilder text = new StringBuilder();
        List<List<String>> all = new ArrayList<>(List.of(header));
        all.addAll(rows);
        for (List<String> row : all) {
            StringBuilder line = new StringBuilder();
            for (int i = 0; i < row.size(); i++) {
                String format = i == 0 ? "%-" + width(all, i) + "s" : "  %" + width(all, i) + "s";
                line.append(String.format(Locale.ROOT, format, row.get(i)));
            }
            text.append(line.toString().stripTrailing()).append('\n');
        }
        return text.toString();
    }

    private static int width(List<List<String>> rows, int column) {
        return rows.stream().mapToInt(row -> row.get(column).length()).max().orElse(1);
    }

    private static String escaped(String cell) {
        return cell.replace("|", "\\|");
    }
}
