package io.residual.evaluation.report;

import io.residual.evaluation.metrics.CoverageCheck;
import io.residual.evaluation.metrics.CoverageCheck.ClassCoverage;
import io.residual.evaluation.metrics.Scores;
import io.residual.evaluation.report.Uncertainty.Abstention;
import io.residual.evaluation.report.Uncertainty.Outliers;
import io.residual.report.Numbers;
import io.residual.report.chart.Axis;
import io.residual.report.chart.Line;
import io.residual.report.chart.Plot;
import io.residual.report.chart.Point;
import io.residual.report.page.Block;
import io.residual.report.page.Section;
import io.residual.report.page.Table;
import io.residual.report.page.Table.Column;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/** Prediction sets, abstaining, and images of none of the classes. */
final class UncertaintySection {
    private static final int HISTOGRAM_BINS = 40;

    private UncertaintySection() {}

    static Section section(Evaluation evaluation) {
        Uncertainty uncertainty = evaluation.uncertainty();
        List<CoverageCheck> checks = uncertainty.coverages(evaluation.scaledScores());
        Section section = Section.of("When the model is not sure");
        if (checks.isEmpty()) {
            section = section.text(
                    "No prediction sets: they need at least 9 validation images, other than the evaluated" + " ones.");
        } else {
            section = section.text(String.format(
                            Locale.ROOT,
                            "A prediction set has all classes of at least the threshold's probability, and includes the"
                                    + " true class as often as stated: for all images together, not for those of each"
                                    + " class (split conformal prediction, LAC). Calibrated on %,d validation images.",
                            checks.get(0).sets().examples()))
                    .table(coverages(checks))
                    .details("Coverage of each class", new Block.TableBlock(classes(evaluation, checks)));
        }
        section = section.table(abstentions(evaluation.scaledScores()));
        return uncertainty.outliers().isEmpty()
                ? section.text(
                        "The energy of an image is higher the less it resembles the training images. No images of"
                                + " other kinds were given to compare with.")
                : section.charts(energies(evaluation)).table(outliers(evaluation));
    }

    private static Table coverages(List<CoverageCheck> checks) {
        Table table = Table.of(
                "Prediction sets",
                Column.number("stated coverage"),
                Column.number("measured"),
                Column.text("95 % interval"),
                Column.text("expected with so many images"),
                Column.text("verdict"),
                Column.number("threshold"),
                Column.number("classes in a set, mean"),
                Column.number("sets of one class"),
                Column.number("empty sets"));
        for (CoverageCheck check : checks) {
            table = table.row(
                    Numbers.fixed(check.sets().coverage(), 2),
                    Numbers.share(check.coverage()),
                    range(check.interval().low(), check.interval().high()),
                    range(check.expected().low(), check.expected().high()),
                    verdict(check),
                    Numbers.share(check.sets().threshold()),
                    Numbers.fixed(check.meanSize(), 3),
                    Numbers.share((double) check.single() / check.examples()),
                    Numbers.share((double) check.empty() / check.examples()));
        }
        return table;
    }

    static String verdict(CoverageCheck check) {
        return switch (check.verdict()) {
            case AS_STATED -> "as stated";
            case BELOW -> "below: the images differ from the validation images";
            case ABOVE -> "above: the images differ from the validation images";
        };
    }

    private static String range(double low, double high) {
        return Numbers.share(low) + " to " + Numbers.share(high);
    }

    private static Table classes(Evaluation evaluation, List<CoverageCheck> checks) {
        Table table = Table.of(
                "Measured coverage, and mean number of classes in a set",
                Stream.concat(
                                Stream.of(Column.text("class")),
                                checks.stream()
                                        .map(check -> Column.number(
                                                Numbers.fixed(check.sets().coverage(), 2))))
                        .toArray(Column[]::new));
        for (int c = 0; c < evaluation.scores().classes(); c++) {
            List<String> row = new ArrayList<>(List.of(evaluation.className(c)));
            for (CoverageCheck check : checks) {
                ClassCoverage one = check.classes().get(c);
                row.add(
                        one.coverage().isEmpty()
                                ? Numbers.NOT_AVAILABLE
                                : Numbers.share(one.coverage()) + ", "
                                        + Numbers.fixed(one.meanSize().orElseThrow(), 2));
            }
            table = table.row(row.toArray(String[]::new));
        }
        return table;
    }

    private static Table abstentions(Scores scaled) {
        Table table = Table.of(
                "Predicting no class if the most likely one has a lower probability",
                Column.number("abstain below"),
                Column.number("predicted"),
                Column.number("accuracy of those"),
                Column.text("95 % interval"));
        for (double below : Uncertainty.ABSTAIN_BELOW) {
            Abstention abstention = Abstention.of(below, scaled);
            table = table.row(
                    Numbers.fixed(below, 2),
                    Numbers.share((double) abstention.answered() / scaled.examples()),
                    Numbers.share(abstention.accuracy()),
                    abstention
                            .interval()
                            .map(interval -> range(interval.low(), interval.high()))
                            .orElse(Numbers.NOT_AVAILABLE));
        }
        return table;
    }

    private static Table outliers(Evaluation evaluation) {
        Uncertainty uncertainty = evaluation.uncertainty();
        Table table = Table.of(
                        "Images of none of the classes, by their energy",
                        Column.text("images"),
                        Column.number("number"),
                        Column.number("AUROC of the energy"),
                        Column.number("p at most " + Uncertainty.OUTLIER_LEVEL))
                .row(
                        evaluation.splitName() + " images",
                        Numbers.count(uncertainty.energies().size()),
                        "",
                        Numbers.share(uncertainty.flagged(uncertainty.energies())));
        for (Outliers outliers : uncertainty.outliers()) {
            table = table.row(
                    outliers.name(),
                    Numbers.count(outliers.energies().size()),
                    Numbers.share(outliers.auroc(uncertainty.energies())),
                    Numbers.share(uncertainty.flagged(outliers.energies())));
        }
        return table;
    }

    private static Plot energies(Evaluation evaluation) {
        Uncertainty uncertainty = evaluation.uncertainty();
        List<Outliers> groups = Stream.concat(
                        Stream.of(new Outliers(evaluation.splitName() + " images", uncertainty.energies())),
                        uncertainty.outliers().stream())
                .toList();
        double low = groups.stream()
                .flatMap(group -> group.energies().stream())
                .mapToDouble(Float::doubleValue)
                .min()
                .orElseThrow();
        double high = groups.stream()
                .flatMap(group -> group.energies().stream())
                .mapToDouble(Float::doubleValue)
                .max()
                .orElseThrow();
        double width = Math.max(high - low, 1e-6) / HISTOGRAM_BINS;
        return Plot.of(
                "Energy",
                "Share of the images at each energy, -ln sum exp(logit). The higher it is, the less an image resembles"
                        + " those of the training.",
                Axis.linear("energy"),
                Axis.linear("share of the images"),
                groups.stream()
                        .map(group -> Line.plain(group.name(), histogram(group.energies(), low, width)))
                        .toList());
    }

    private static List<Point> histogram(List<Float> energies, double low, double width) {
        long[] counts = new long[HISTOGRAM_BINS];
        for (float energy : energies) {
            counts[Math.min(HISTOGRAM_BINS - 1, (int) ((energy - low) / width))]++;
        }
        List<Point> points = new ArrayList<>();
        for (int bin = 0; bin < HISTOGRAM_BINS; bin++) {
            points.add(new Point(low + (bin + 0.5) * width, (double) counts[bin] / energies.size()));
        }
        return points;
    }
}
