package io.residual.evaluation.metrics;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;
import java.util.stream.Stream;

/** The text form of a report: the table of the classes, the totals, and the confusion matrix. */
final class ReportText {
    private static final int COLUMNS = 100;
    private static final int MAX_LABEL_CHARS = 28;
    private static final int MAX_LISTED_CONFUSIONS = 10;
    private static final String MACRO_AVERAGE = "macro average";

    private final ClassificationReport report;
    private final ConfusionMatrix confusion;
    private final List<String> labels;
    private final int labelWidth;
    private final StringBuilder out = new StringBuilder();

    ReportText(ClassificationReport report) {
        this.report = report;
        this.confusion = report.confusion();
        this.labels = labels(report.classNames());
        this.labelWidth = Stream.concat(labels.stream(), Stream.of(MACRO_AVERAGE))
                .mapToInt(String::length)
                .max()
                .orElse(0);
        classTable();
        totals();
        confusions();
    }

    /** Each name with its class's number, which heads the columns of the confusion matrix. */
    private static List<String> labels(List<String> names) {
        int digits = String.valueOf(names.size() - 1).length();
        List<String> labels = new ArrayList<>();
        for (String name : names) {
            String label = String.format(Locale.ROOT, "%" + digits + "d %s", labels.size(), name);
            labels.add(label.length() <= MAX_LABEL_CHARS ? label : label.substring(0, MAX_LABEL_CHARS - 3) + "...");
        }
        return labels;
    }

    private void classTable() {
        row("class", "precision", "recall", "F1", "support");
        for (int c = 0; c < confusion.classes(); c++) {
            ClassMetrics metrics = confusion.metrics(c);
            rates(labels.get(c), metrics.precision(), metrics.recall(), metrics.f1(), metrics.support());
        }
        MacroAverage macro = confusion.macroAverage();
        rates(MACRO_AVERAGE, macro.precision(), macro.recall(), macro.f1(), confusion.total());
        boolean undefined = confusion.allMetrics().stream()
                .anyMatch(m -> m.precision().isEmpty() || m.recall().isEmpty());
        if (undefined) {
            line("n/a: precision of a class that was never predicted, recall of one that is not present;");
            line("     the averages are over the other classes");
        }
        line("");
    }

    private void rates(String label, OptionalDouble precision, OptionalDouble recall, OptionalDouble f1, long support) {
        row(label, Ratio.text(precision), Ratio.text(recall), Ratio.text(f1), String.valueOf(support));
    }

    private void row(String label, String precision, String recall, String f1, String support) {
        line(String.format(Locale.ROOT, "%-" + labelWidth + "s%11s%9s%9s%11s", label, precision, recall, f1, support));
    }

    private void totals() {
        line("accuracy  " + Ratio.text(confusion.accuracy()) + " (" + confusion.correct() + " of " + confusion.total()
                + ")"
                + report.accuracyInterval().map(interval -> ", " + interval).orElse(""));
        for (ClassificationReport.TopAccuracy top : report.topAccuracies()) {
            line(String.format(Locale.ROOT, "%-10s%s", "top-" + top.k(), Ratio.text(top.accuracy())));
        }
        line("loss      " + Ratio.text(report.loss()) + " (mean cross entropy, nats)");
        line("");
    }

    private void confusions() {
        int cell = 1
                + Math.max(
                        String.valueOf(confusion.classes() - 1).length(),
                        allPairs()
                                .mapToInt(pair -> String.valueOf(pair.count()).length())
                                .max()
                                .orElse(0));
        if (labelWidth + cell * confusion.classes() <= COLUMNS) {
            matrix(cell);
        } else {
            mostFrequent();
        }
    }

    private void matrix(int cell) {
        line("confusion (rows: actual, columns: predicted)");
        StringBuilder head = new StringBuilder(" ".repeat(labelWidth));
        for (int predicted = 0; predicted < confusion.classes(); predicted++) {
            head.append(String.format(Locale.ROOT, "%" + cell + "d", predicted));
        }
        line(head.toString());
        for (int actual = 0; actual < confusion.classes(); actual++) {
            StringBuilder row =
                    new StringBuilder(String.format(Locale.ROOT, "%-" + labelWidth + "s", labels.get(actual)));
            for (int predicted = 0; predicted < confusion.classes(); predicted++) {
                row.append(String.format(Locale.ROOT, "%" + cell + "d", confusion.count(actual, predicted)));
            }
            line(row.toString());
        }
    }

    /** Where the matrix is too wide for a terminal, what it is read for. */
    private void mostFrequent() {
        line("most frequent confusions (the matrix of " + confusion.classes() + " classes is in the JSON)");
        allPairs()
                .filter(pair -> pair.actual() != pair.predicted() && pair.count() > 0)
                .sorted(Comparator.comparingLong(Pair::count).reversed())
                .limit(MAX_LISTED_CONFUSIONS)
                .forEach(pair -> line(String.format(
                        Locale.ROOT,
                        "%12d  %s  as  %s",
                        pair.count(),
                        labels.get(pair.actual()),
                        labels.get(pair.predicted()))));
    }

    private record Pair(int actual, int predicted, long count) {}

    private Stream<Pair> allPairs() {
        int classes = confusion.classes();
        return Stream.iterate(0, i -> i < classes * classes, i -> i + 1)
                .map(i -> new Pair(i / classes, i % classes, confusion.count(i / classes, i % classes)));
    }

    private void line(String text) {
        out.append(text).append('\n');
    }

    @Override
    public String toString() {
        return out.toString();
    }
}
