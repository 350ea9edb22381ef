package io.residual.evaluation.report;

import io.residual.evaluation.metrics.Calibration;
import io.residual.evaluation.metrics.PairedComparison;
import io.residual.evaluation.metrics.Scores;
import io.residual.report.Numbers;
import io.residual.report.page.Block.Facts.Fact;
import io.residual.report.page.Section;
import java.util.Locale;

/** The results next to those of the same model in 32-bit floats. */
final class PrecisionSection {
    private PrecisionSection() {}

    static Section section(Evaluation evaluation, Evaluation.ComparedRun float32) {
        PairedComparison paired = float32.paired();
        PairedComparison.Interval interval = float32.interval();
        String precision = evaluation.precision();
        return Section.of("Precision")
                .text("The model was computed in " + precision
                        + ". The same weights in float32, on the same images, say what that costs.")
                .facts(
                        new Fact(
                                "Accuracy in float32",
                                Numbers.share(float32.scores().topAccuracy(1)),
                                precision + ": "
                                        + Numbers.share(evaluation.scores().topAccuracy(1))),
                        new Fact(
                                "float32 minus " + precision,
                                Numbers.signed(paired.difference(), 4),
                                "95 % bootstrap interval " + Numbers.signed(interval.low(), 4) + " to "
                                        + Numbers.signed(interval.high(), 4)),
                        new Fact(
                                "McNemar's p",
                                Numbers.pValue(paired.mcNemar()),
                                "only float32 right: " + Numbers.count(paired.onlySecond()) + ", only " + precision
                                        + ": " + Numbers.count(paired.onlyFirst())),
                        new Fact(
                                "Calibration error in float32",
                                Numbers.share(error(float32.scores())),
                                precision + ": " + Numbers.share(error(evaluation.scores()))),
                        new Fact(
                                "Other classes",
                                Numbers.count(evaluation.changed(float32).size()),
                                "images for which the two predict different classes"));
    }

    static String text(Evaluation evaluation, Evaluation.ComparedRun float32) {
        return String.format(
                Locale.ROOT,
                "%nfloat32 minus %s: accuracy %+.4f, 95 %% interval %+.4f to %+.4f; McNemar's p %s; ECE %.4f in"
                        + " float32, %.4f in %s; %,d images get another class%n",
                evaluation.precision(),
                float32.paired().difference(),
                float32.interval().low(),
                float32.interval().high(),
                Numbers.pValue(float32.paired().mcNemar()),
                error(float32.scores()),
                error(evaluation.scores()),
                evaluation.precision(),
                evaluation.changed(float32).size());
    }

    private static double error(Scores scores) {
        return Calibration.of(scores).expectedCalibrationError();
    }
}
