package io.residual.evaluation.report;

import io.residual.report.Numbers;
import io.residual.report.chart.Axis;
import io.residual.report.chart.BarChart;
import io.residual.report.chart.BarChart.Bar;
import io.residual.report.chart.BarChart.Bars;
import io.residual.report.chart.ColourScale;
import io.residual.report.chart.HeatMap;
import io.residual.report.chart.HeatMap.Cell;
import io.residual.report.page.Section;
import io.residual.report.page.Table;
import io.residual.report.page.Table.Column;
import io.residual.training.metrics.ClassMetrics;
import io.residual.training.metrics.ConfusionMatrix;
import java.util.List;
import java.util.OptionalDouble;
import java.util.function.Function;
import java.util.stream.IntStream;

/** Which classes are recognised, and which are confused with each other. */
final class ClassSection {
    private static final int MAX_NAMED_PAIRS = 3;

    private final List<String> names;
    private final ConfusionMatrix confusion;

    private ClassSection(List<String> names, ConfusionMatrix confusion) {
        this.names = names;
        this.confusion = confusion;
    }

    static Section section(Evaluation evaluation) {
        ClassSection classes = new ClassSection(
                evaluation.model().classes(), evaluation.report().confusion());
        return Section.of("Classes")
                .charts(classes.counts(), classes.shares())
                .charts(classes.rates())
                .table(classes.table());
    }

    private HeatMap counts() {
        long largest = IntStream.range(0, names.size())
                .mapToLong(confusion::support)
                .max()
                .orElse(1);
        return new HeatMap(
                "Confusion matrix, images",
                "How often each actual class (row) was predicted as each class (column). " + confusedPairs(),
                "actual",
                "predicted",
                names,
                names,
                ColourScale.linear("images", 0, (double) Math.max(1, largest)),
                rows((actual, predicted) -> Cell.of(
                        (double) confusion.count(actual, predicted),
                        Numbers.count(confusion.count(actual, predicted)))));
    }

    private HeatMap shares() {
        return new HeatMap(
                "Confusion matrix, share of the actual class",
                "Each row divided by its sum: the diagonal holds the recall.",
                "actual",
                "predicted",
                names,
                names,
                ColourScale.linear("share", 0, 1),
                rows(this::share));
    }

    private Cell share(int actual, int predicted) {
        long support = confusion.support(actual);
        if (support == 0) {
            return new Cell(OptionalDouble.empty(), "n/a");
        }
        double share = (double) confusion.count(actual, predicted) / support;
        return Cell.of(share, Numbers.fixed(share, 2));
    }

    private interface Cells {
        Cell at(int actual, int predicted);
    }

    private List<List<Cell>> rows(Cells cells) {
        return IntStream.range(0, names.size())
                .mapToObj(actual -> IntStream.range(0, names.size())
                        .mapToObj(predicted -> cells.at(actual, predicted))
                        .toList())
                .toList();
    }

    /** The most frequent confusions, in words. */
    private String confusedPairs() {
        List<String> pairs = confusion.mostConfused(MAX_NAMED_PAIRS).stream()
                .map(pair -> names.get(pair.actual()) + " as " + names.get(pair.predicted()) + " ("
                        + Numbers.count(pair.count()) + ")")
                .toList();
        return pairs.isEmpty() ? "There is no mistake." : "Most frequent: " + String.join(", ", pairs) + ".";
    }

    private BarChart rates() {
        return new BarChart(
                "Precision, recall and F1 of each class",
                "Precision is the share of a class' predictions that are right, recall the share of its images that"
                        + " were found, F1 the harmonic mean of both.",
                Axis.linear("rate").between(0, 1),
                names,
                List.of(
                        bars("precision", ClassMetrics::precision),
                        bars("recall", ClassMetrics::recall),
                        bars("F1", ClassMetrics::f1)));
    }

    private Bars bars(String name, Function<ClassMetrics, OptionalDouble> rate) {
        return new Bars(
                name,
                confusion.allMetrics().stream()
                        .map(rate)
                        .map(value -> value.isPresent() ? Bar.of(value.getAsDouble()) : Bar.undefined())
                        .toList());
    }

    private Table table() {
        Table table = Table.of(
                "Rates of each class; n/a is the precision of a class that was never predicted, or the recall of one"
                        + " that has no images",
                Column.text("class"),
                Column.number("precision"),
                Column.number("recall"),
                Column.number("F1"),
                Column.number("images"));
        for (int c = 0; c < names.size(); c++) {
            table = table.row(row(names.get(c), confusion.metrics(c)));
        }
        return table.row(row("macro average", confusion.macroAverage()));
    }

    private static String[] row(String name, ClassMetrics metrics) {
        return new String[] {
            name,
            Numbers.share(metrics.precision()),
            Numbers.share(metrics.recall()),
            Numbers.share(metrics.f1()),
            Numbers.count(metrics.support())
        };
    }
}
