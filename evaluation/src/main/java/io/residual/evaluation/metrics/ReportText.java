package io.residual.evaluation.metrics;

import io.residual.report.Numbers;
import io.residual.training.metrics.ClassMetrics;
import io.residual.training.metrics.ConfusionMatrix;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
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
            rates(labels.get(c), confusion.metrics(c));
        }
        rates(MACRO_AVERAGE, confusion.macroAverage());
        boolean undefined = confusion.allMetrics().stream()
                .anyMatch(m -> m.precision().isEmpty() || m.recall().isEmpty());
        if (undefined) {
            line("n/a: precision of a class that was never predicted, recall of one that is not present;");
            line("     the averages are over the other classes");
        }
        line("");
    }

    private void rates(String label, ClassMetrics metrics) {
        row(
                label,
                Numbers.share(metrics.precision()),
                Numbers.share(metrics.recall()),
                Numbers.share(metrics.f1()),
                String.valueOf(metrics.support()));
    }

    private void row(String label, String precision, String recall, String f1, String support) {
        line(String.format(Locale.ROOT, "%-" + labelWidth + "s%11s%9s%9s%11s", label, precision, recall, f1, support));
    }

    private void totals() {
        line("accuracy  " + Numbers.share(confusion.accuracy()) + " (" + confusion.correct() + " of "
                + confusion.total()
                + ")"
                + report.accuracyInterval().map(interval -> ", " + interval).orElse(""));
        line("balanced  " + Numbers.share(confusion.balancedAccuracy()) + " (mean recall of the classes)");
        if (report.hasFewClasses()) {
            line("Matthews  " + Numbers.share(confusion.matthews()) + " (correlation of actual and predicted classes)");
        }
        for (ClassificationReport.TopAccuracy top : report.topAccuracies()) {
            line(String.format(Locale.ROOT, "%-10s%s", "top-" + top.k(), Numbers.share(top.accuracy())));
        }
        line("loss      " + Numbers.share(report.loss()) + " (mean cross entropy, nats)");
        line("");
    }

    private void confusions() {
        int classes = confusion.classes();
        long widest = IntStream.range(0, classes * classes)
                .mapToLong(i -> confusion.count(i / classes, i % classes))
                .reduce(classes - 1, Math::max);
        int cell = 1 + String.valueOf(widest).length();
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

    /** If the matrix is too wide for a terminal, what it is read for. */
    private void mostFrequent() {
        line("most frequent confusions (the matrix of " + confusion.classes() + " classes is in the JSON)");
        confusion
                .mostConfused(MAX_LISTED_CONFUSIONS)
                .forEach(pair -> line(String.format(
                        Locale.ROOT,
                        "%12d  %s  as  %s",
                        pair.count(),
                        labels.get(pair.actual()),
                        labels.get(pair.predicted()))));
    }

    private void line(String text) {
        out.append(text).append('\n');
    }

    @Override
    public String toString() {
        return out.toString();
    }
}
