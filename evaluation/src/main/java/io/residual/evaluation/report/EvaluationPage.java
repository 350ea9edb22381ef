package io.residual.evaluation.report;

import io.residual.evaluation.metrics.ClassificationReport;
import io.residual.evaluation.metrics.ClassificationReport.TopAccuracy;
import io.residual.evaluation.metrics.WilsonInterval;
import io.residual.report.Numbers;
import io.residual.report.page.Block.Facts.Fact;
import io.residual.report.page.Page;
import io.residual.report.page.Section;
import io.residual.report.page.Table;
import io.residual.report.page.Table.Column;
import io.residual.training.config.SpecFile;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** The page of an evaluation. */
final class EvaluationPage {
    private EvaluationPage() {}

    static Page of(Evaluation evaluation) {
        Page page = Page.of(
                        "Evaluation of " + evaluation.model().run().path().getFileName(),
                        String.format(
                                Locale.ROOT,
                                "The %s model on %,d images of the %s split, from %s.",
                                evaluation.model().choice(),
                                evaluation.images().size(),
                                evaluation.splitName(),
                                evaluation.origin()))
                .with(summary(evaluation));
        if (evaluation.comparison().isPresent()) {
            page = page.with(ComparisonSection.section(
                    evaluation, evaluation.comparison().get()));
        }
        if (evaluation.float32().isPresent()) {
            page = page.with(
                    PrecisionSection.section(evaluation, evaluation.float32().get()));
        }
        if (!evaluation.variants().isEmpty()) {
            page = page.with(ComparisonSection.variants(evaluation));
        }
        page = page.with(ClassSection.section(evaluation))
                .with(CurveSection.section(evaluation))
                .with(CalibrationSection.section(evaluation))
                .with(UncertaintySection.section(evaluation));
        GallerySection galleries = new GallerySection(evaluation);
        page = page.with(galleries.mistakes()).with(galleries.hardest());
        if (!evaluation.epochs().isEmpty()) {
            page = page.with(TrainingSection.section(
                    evaluation.epochs(),
                    evaluation.model().run().spec().optimisation().monitor()));
        }
        return page.with(NetworkSection.of(evaluation.model())).with(provenance(evaluation));
    }

    private static Section summary(Evaluation evaluation) {
        ClassificationReport report = evaluation.report();
        WilsonInterval interval = report.accuracyInterval().orElseThrow();
        List<Fact> facts = new ArrayList<>();
        facts.add(new Fact(
                "Accuracy",
                Numbers.share(report.confusion().accuracy()),
                "95 % Wilson interval " + Numbers.share(interval.low()) + " to " + Numbers.share(interval.high())));
        facts.add(new Fact(
                "Balanced accuracy",
                Numbers.share(report.confusion().balancedAccuracy()),
                "mean recall of the classes"));
        facts.add(new Fact("Top-3 accuracy", top3(report), "true class among the three most likely"));
        facts.add(new Fact("Loss", Numbers.share(report.loss()), "mean cross entropy, nats"));
        facts.add(new Fact(
                "Macro F1", Numbers.share(report.confusion().macroAverage().f1()), "mean over the classes"));
        if (report.hasFewClasses()) {
            facts.add(new Fact(
                    "Matthews' correlation",
                    Numbers.share(report.confusion().matthews()),
                    "of actual and predicted classes"));
        }
        facts.add(new Fact(
                "Calibration error",
                Numbers.share(evaluation.calibration().expectedCalibrationError()),
                "ECE, 15 bins"));
        facts.add(new Fact(
                "Mistakes",
                Numbers.count(report.confusion().total() - report.confusion().correct()),
                "of " + Numbers.count(report.confusion().total()) + " images"));
        Section section = Section.of("Summary").facts(facts.toArray(Fact[]::new));
        return switch (evaluation.split()) {
            case TEST ->
                section.text("The interval says how well this many images measure this one model. Models trained from"
                        + " other seeds differ by more than that.");
            case VALIDATION ->
                section.note("Choices such as the best epoch are made on these images, so these numbers flatter the"
                        + " model a little: report those of the test split.");
            case TRAIN ->
                section.note("The model was trained on these images: the numbers say how well it fits them, not"
                        + " how well it generalises to others.");
        };
    }

    private static String top3(ClassificationReport report) {
        return Numbers.share(report.topAccuracies().stream()
                .filter(top -> top.k() == 3)
                .mapToDouble(TopAccuracy::accuracy)
                .findFirst());
    }

    private static Section provenance(Evaluation evaluation) {
        var manifest = evaluation.model().run().manifest();
        Table table = Table.of("Where the numbers come from", Column.text("what"), Column.text("value"))
                .row("run", evaluation.model().run().toString())
                .row("weights", evaluation.model().choice().toString())
                .row("command", "train " + String.join(" ", manifest.arguments()))
                .row("started", manifest.startedAt().toString())
                .row("seed", String.valueOf(manifest.seed()))
                .row("training images", manifest.data().location())
                .row("evaluated images", evaluation.origin())
                .row("precision", evaluation.precision())
                .row(
                        "backend",
                        manifest.backend().name() + ", " + manifest.backend().kernels() + " kernels, "
                                + manifest.backend().threads() + " threads")
                .rows(manifest.versions().rows());
        for (var digest : evaluation.images().digests().entrySet()) {
            table = table.row(digest.getKey() + ", SHA-256", digest.getValue());
        }
        return Section.of("Provenance")
                .table(table)
                .text("The spec of the run:")
                .code("spec.yaml", SpecFile.write(evaluation.model().run().spec()));
    }
}
