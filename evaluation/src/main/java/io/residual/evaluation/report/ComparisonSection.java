package io.residual.evaluation.report;

import io.residual.evaluation.metrics.Calibration;
import io.residual.evaluation.metrics.PairedComparison;
import io.residual.evaluation.metrics.Scores;
import io.residual.report.page.Block.Facts.Fact;
import io.residual.report.page.Section;
import io.residual.report.page.Table;
import io.residual.report.page.Table.Column;
import java.util.List;

/** The plain figures beside those of another run and of other ways to ask. */
final class ComparisonSection {
    /** Of the bootstrap: the same runs on the same images give the same interval. */
    static final long SEED = 1;

    private static final int MAX_LISTED = 50;

    private ComparisonSection() {}

    static Section section(Evaluation evaluation) {
        Evaluation.ComparedRun other = evaluation.comparison().orElseThrow();
        PairedComparison paired = evaluation.paired().orElseThrow();
        PairedComparison.Interval interval = paired.bootstrap(SEED);
        List<Integer> changed = evaluation.changed();
        Table table = Table.of(
                "Images that the two runs put in different classes"
                        + (changed.size() > MAX_LISTED
                                ? ": the first " + MAX_LISTED + " of " + Figures.count(changed.size())
                                        + "; all are in the JSON"
                                : ""),
                Column.number("image"),
                Column.text("class"),
                Column.text("this run"),
                Column.text("other run"));
        for (int i : changed.subList(0, Math.min(MAX_LISTED, changed.size()))) {
            table = table.row(
                    String.valueOf(evaluation.images().position(i)),
                    evaluation.className(evaluation.scores().label(i)),
                    prediction(evaluation, evaluation.scores(), i),
                    prediction(evaluation, other.scores(), i));
        }
        return Section.of("Beside another run")
                .text("The other run is " + other.name() + ", on the same images.")
                .facts(
                        new Fact(
                                "Its accuracy",
                                Figures.share(other.scores().topAccuracy(1)),
                                "this run: " + Figures.share(evaluation.scores().topAccuracy(1))),
                        new Fact(
                                "Difference",
                                Figures.difference(paired.difference()),
                                "95 % bootstrap interval " + Figures.difference(interval.low()) + " to "
                                        + Figures.difference(interval.high())),
                        new Fact(
                                "McNemar's exact test",
                                "p " + Figures.significance(paired.mcNemar()),
                                "only this run right: " + Figures.count(paired.onlyFirst()) + ", only the other: "
                                        + Figures.count(paired.onlySecond())))
                .table(table);
    }

    private static String prediction(Evaluation evaluation, Scores scores, int i) {
        return evaluation.className(scores.predicted(i)) + ", " + Figures.percent(scores.highest(i));
    }

    static Section variants(Evaluation evaluation) {
        Table table = Table.of(
                        "The same images, asked in other ways",
                        Column.text("how"),
                        Column.number("accuracy"),
                        Column.number("difference"),
                        Column.number("McNemar's p"),
                        Column.number("loss, nats"),
                        Column.number("ECE"))
                .row(row(evaluation, "plain", evaluation.scores()));
        for (Evaluation.Variant variant : evaluation.variants()) {
            table = table.row(row(evaluation, variant.name(), variant.scores()));
        }
        return Section.of("Other ways to ask").table(table);
    }

    private static String[] row(Evaluation evaluation, String name, Scores scores) {
        PairedComparison paired = PairedComparison.of(evaluation.scores(), scores);
        return new String[] {
            name,
            Figures.share(scores.topAccuracy(1)),
            Figures.difference(paired.difference()),
            Figures.significance(paired.mcNemar()),
            Figures.share(scores.crossEntropyOfProbabilities()),
            Figures.share(Calibration.of(scores).expectedCalibrationError())
        };
    }
}
