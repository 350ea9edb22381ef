package io.residual.evaluation.report;

import io.residual.evaluation.metrics.Calibration;
import io.residual.evaluation.metrics.CoverageCheck;
import io.residual.evaluation.metrics.Scores;
import io.residual.report.Numbers;
import java.util.Locale;

/** An evaluation as text for the terminal. */
final class EvaluationText {
    private EvaluationText() {}

    static String of(Evaluation evaluation) {
        StringBuilder text = new StringBuilder();
        text.append(String.format(
                Locale.ROOT,
                "Run:    %s, %s model%s%nImages: %,d of the %s split, from %s%n%n%s",
                evaluation.model().run(),
                evaluation.model().choice(),
                evaluation.float32().isEmpty() ? "" : " in " + evaluation.precision(),
                evaluation.images().size(),
                evaluation.splitName(),
                evaluation.origin(),
                evaluation.report().toText()));
        text.append(String.format(Locale.ROOT, "%ncalibration%n"));
        text.append(calibration("without temperature", evaluation.calibration()));
        evaluation
                .temperature()
                .ifPresent(t -> text.append(calibration(
                        String.format(Locale.ROOT, "at temperature %.3f", t.value()),
                        evaluation.calibrationAtTemperature().orElseThrow())));
        text.append(uncertainty(evaluation));
        for (Evaluation.Variant variant : evaluation.variants()) {
            Scores scores = variant.scores();
            text.append(String.format(
                    Locale.ROOT,
                    "%n%s: accuracy %.4f (%+.4f), loss %.4f%n",
                    variant.name(),
                    scores.topAccuracy(1),
                    scores.topAccuracy(1) - evaluation.scores().topAccuracy(1),
                    scores.crossEntropyOfProbabilities()));
        }
        evaluation.float32().ifPresent(floats -> text.append(PrecisionSection.text(evaluation, floats)));
        evaluation.comparison().ifPresent(other -> text.append(comparison(other)));
        return text.toString();
    }

    private static String calibration(String name, Calibration calibration) {
        return String.format(
                Locale.ROOT,
                "  %-22s  ECE %.4f  NLL %.4f  Brier %.4f%n",
                name,
                calibration.expectedCalibrationError(),
                calibration.negativeLogLikelihood(),
                calibration.brier());
    }

    private static String uncertainty(Evaluation evaluation) {
        Uncertainty uncertainty = evaluation.uncertainty();
        StringBuilder text = new StringBuilder();
        for (CoverageCheck check : uncertainty.coverages(evaluation.scaledScores())) {
            text.append(String.format(
                    Locale.ROOT,
                    "%s  coverage %.2f: measured %.4f (%s), %s; %.3f classes in a set%n",
                    text.isEmpty() ? String.format(Locale.ROOT, "%nprediction sets%n") : "",
                    check.sets().coverage(),
                    check.coverage(),
                    check.interval(),
                    UncertaintySection.verdict(check),
                    check.meanSize()));
        }
        if (!uncertainty.outliers().isEmpty()) {
            text.append(String.format(
                    Locale.ROOT,
                    "%nimages of none of the classes (energy p at most %s: %s of the %s images)%n",
                    Uncertainty.OUTLIER_LEVEL,
                    Numbers.share(uncertainty.flagged(uncertainty.energies())),
                    evaluation.splitName()));
        }
        for (Uncertainty.Outliers outliers : uncertainty.outliers()) {
            text.append(String.format(
                    Locale.ROOT,
                    "  %s: %,d images, AUROC of the energy %.4f, p at most %s: %s%n",
                    outliers.name(),
                    outliers.energies().size(),
                    outliers.auroc(uncertainty.energies()),
                    Uncertainty.OUTLIER_LEVEL,
                    Numbers.share(uncertainty.flagged(outliers.energies()))));
        }
        return text.toString();
    }

    private static String comparison(Evaluation.ComparedRun other) {
        return String.format(
                Locale.ROOT,
                "%n%s minus this run: accuracy %+.4f, 95 %% interval %+.4f to %+.4f; McNemar's p %s%n",
                other.name(),
                other.paired().difference(),
                other.interval().low(),
                other.interval().high(),
                Numbers.pValue(other.paired().mcNemar()));
    }
}
