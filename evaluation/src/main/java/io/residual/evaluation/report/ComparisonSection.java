package io.residual.evaluation.report;

import io.residual.evaluation.metrics.Calibration;
import io.residual.evaluation.metrics.PairedComparison;
import io.residual.evaluation.metrics.Scores;
import io.residual.report.Numbers;
import io.residual.report.page.Block.Facts.Fact;
import io.residual.report.page.Section;
import io.residual.report.page.Table;
import io.residual.report.page.Table.Column;
import java.util.List;

/** The results next to those of another run, of test-time augmentation and of ensembles. */
final class ComparisonSection {
    private static final int MAX_LISTED = 50;

    private ComparisonSection() {}

    static Section section(Evaluation evaluation, Evaluation.ComparedRun other) {
        PairedComparison paired = other.paired();
        PairedComparison.Interval interval = other.interval();
        List<Integer> changed = evaluation.changed(other);
        Table table = Table.of(
                "Images for which the two runs predict different classes"
                        + (changed.size() > MAX_LISTED
                                ? ": the first " + MAX_LISTED + " of " + Numbers.count(changed.size())
                                        + "; all are in the JSON"
                                : ""),
                Column.text("image"),
                Column.text("class"),
                Column.text("this run"),
                Column.text("other run"));
        for (int i : changed.subList(0, Math.min(MAX_LISTED, changed.size()))) {
            table = table.row(
                    evaluation.images().name(i),
                    evaluation.className(evaluation.scores().label(i)),
                    prediction(evaluation, evaluation.scores(), i),
                    prediction(evaluation, other.scores(), i));
        }
        return Section.of("Comparison with another run")
                .text("The other run is " + other.name() + ", on the same images.")
                .facts(
                        new Fact(
                                "Its accuracy",
                                Numbers.share(other.scores().topAccuracy(1)),
                                "this run: " + Numbers.share(evaluation.scores().topAccuracy(1))),
                        new Fact(
                                "Difference",
                                Numbers.signed(paired.difference(), 4),
                                "95 % bootstrap interval " + Numbers.signed(interval.low(), 4) + " to "
                                        + Numbers.signed(interval.high(), 4)),
                        new Fact(
                                "McNemar's exact test",
                                "p " + Numbers.pValue(paired.mcNemar()),
                                "only this run right: " + Numbers.count(paired.onlyFirst()) + ", only the other: "
                                        + Numbers.count(paired.onlySecond())))
                .table(table);
    }

    private static String prediction(Evaluation evaluation, Scores scores, int i) {
        return evaluation.className(scores.predicted(i)) + ", " + Numbers.percent(scores.highest(i), 1);
    }

    static Section variants(Evaluation evaluation) {
        Table table = Table.of(
                        "The same images with test-time augmentation or by several runs",
                        Column.text("prediction"),
                        Column.number("accuracy"),
                        Column.number("difference"),
                        Column.number("McNemar's p"),
                        Column.number("loss, nats"),
                        Column.number("ECE"))
                .row(row(evaluation, "model alone", evaluation.scores()));
        for (Evaluation.Variant variant : evaluation.variants()) {
            table = table.row(row(evaluation, variant.name(), variant.scores()));
        }
        return Section.of("Test-time augmentation and ensembles").table(table);
    }

    private static String[] row(Evaluation evaluation, String name, Scores scores) {
        PairedComparison paired = PairedComparison.of(evaluation.scores(), scores);
        return new String[] {
            name,
            Numbers.share(scores.topAccuracy(1)),
            Numbers.signed(paired.difference(), 4),
            Numbers.pValue(paired.mcNemar()),
            Numbers.share(scores.crossEntropyOfProbabilities()),
            Numbers.share(Calibration.of(scores).expectedCalibrationError())
        };
    }
}
