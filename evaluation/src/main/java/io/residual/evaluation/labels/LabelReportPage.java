package io.residual.evaluation.labels;

import io.residual.evaluation.explain.Bitmaps;
import io.residual.evaluation.labels.ConfidentLearning.Suspect;
import io.residual.evaluation.labels.NearDuplicates.Pair;
import io.residual.report.Numbers;
import io.residual.report.chart.ColourScale;
import io.residual.report.chart.HeatMap;
import io.residual.report.chart.HeatMap.Cell;
import io.residual.report.page.Block.Facts.Fact;
import io.residual.report.page.InlineImage;
import io.residual.report.page.Page;
import io.residual.report.page.Section;
import io.residual.report.page.Table;
import io.residual.report.page.Table.Column;
import io.residual.training.CrossValidation;
import io.residual.training.config.SpecFile;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.function.DoubleFunction;
import java.util.stream.IntStream;

/** The report as a page. */
final class LabelReportPage {
    private static final int SUSPECTS = 60;
    private static final int PAIRS = 24;

    private final LabelReport report;
    private final LabelIssues training;

    private LabelReportPage(LabelReport report) {
        this.report = report;
        this.training = report.training();
    }

    static Page of(LabelReport report) {
        LabelReportPage content = new LabelReportPage(report);
        Page page = Page.of(
                        "Label issues",
                        String.format(
                                Locale.ROOT,
                                "Likely wrong labels of %,d training images, and duplicate images; from %s.",
                                report.training().images().size(),
                                report.origin()))
                .with(content.summary())
                .with(suspects(Section.of("Suspect labels"), report.training()))
                .with(content.noise());
        if (report.test().isPresent()) {
            page = page.with(test(report.test().get()));
        }
        return page.with(content.duplicates()).with(content.provenance());
    }

    private Section summary() {
        return Section.of("Summary")
                .facts(
                        new Fact(
                                "Suspect labels",
                                Numbers.count(training.suspects().size()),
                                "of " + Numbers.count(training.images().size()) + " training images"),
                        new Fact(
                                "Estimated share of wrong labels",
                                Numbers.percent(training.learning().wrongShare(), 1),
                                "confident learning, an estimate"),
                        new Fact(
                                "Cross-validated accuracy",
                                Numbers.share(training.accuracy()),
                                Numbers.share(training.accuracyWithoutSuspects()) + " without the suspects"),
                        new Fact(
                                "Duplicate images",
                                Numbers.count(report.duplicates().stream()
                                        .mapToInt(one -> one.pairs().size())
                                        .sum()),
                                "pairs, "
                                        + Numbers.count(report.duplicates().stream()
                                                .mapToLong(DuplicatePairs::withDifferentLabels)
                                                .sum())
                                        + " with different labels"))
                .text("Every image was evaluated by a network that was not trained on it. A label is suspect if that"
                        + " network is more confident of another class than it usually is of images with that other"
                        + " label.")
                .note("Suspects are not all errors: among them are wrong labels, images that show more than one class,"
                        + " and images that are only hard. Look at them before you change or drop any. The weaker"
                        + " the networks, the longer the list and the higher the estimated share.");
    }

    private static Section suspects(Section section, LabelIssues issues) {
        List<Suspect> all = issues.suspects();
        if (all.isEmpty()) {
            return section.text("No label is suspect.");
        }
        List<InlineImage> pictures = all.stream()
                .limit(SUSPECTS)
                .map(suspect -> picture(issues, suspect))
                .toList();
        return section.text(
                        (all.size() > SUSPECTS ? "The first " + SUSPECTS + " of " + Numbers.count(all.size()) : "All")
                                + ", the least likely label first; suspects.csv has them all, and labels.json the"
                                + " order of all images. The first line below a picture is its label with the"
                                + " probability that the network gives it, the second is the class that it is likely"
                                + " to have.")
                .gallery(pictures);
    }

    private static InlineImage picture(LabelIssues issues, Suspect suspect) {
        String name = issues.images().name(suspect.example());
        String label = issues.className(suspect.label());
        String likely = issues.className(suspect.likely());
        return InlineImage.of(
                Bitmaps.of(Bitmaps.picture(issues.images(), suspect.example())),
                name + ", labelled " + label + ", likely " + likely,
                label + ": " + Numbers.percent(suspect.selfConfidence(), 1) + "\n" + likely + ": "
                        + Numbers.percent(issues.scores().score(suspect.example(), suspect.likely()), 1) + "\n"
                        + name);
    }

    private Section noise() {
        List<String> names = training.images().classNames();
        double examples = training.images().size();
        List<List<Double>> joint = training.learning().joint();
        List<List<Double>> noise = training.learning().noiseMatrix();
        double largest = joint.stream()
                .flatMap(List::stream)
                .max(Comparator.naturalOrder())
                .orElse(1.0);
        HeatMap counts = new HeatMap(
                "Labels and true classes, images",
                "How many images of each label (row) are estimated to be of each class (column). "
                        + mostFrequent(joint, names),
                "label",
                "estimated class",
                names,
                names,
                ColourScale.linear("images", 0, Math.max(1, largest * examples)),
                cells(joint, value -> Numbers.count(Math.round(value * examples)), examples));
        HeatMap shares = new HeatMap(
                "Noise matrix: probability of a label, given the class",
                "Each column sums to 1. Without label noise the diagonal would be 1.",
                "label",
                "estimated class",
                names,
                names,
                ColourScale.linear("probability", 0, 1),
                cells(noise, value -> Numbers.fixed(value, 2), 1));
        return Section.of("Label noise between classes").charts(counts, shares);
    }

    private static List<List<Cell>> cells(List<List<Double>> matrix, DoubleFunction<String> text, double factor) {
        return matrix.stream()
                .map(row -> row.stream()
                        .map(value -> Cell.of(value * factor, text.apply(value)))
                        .toList())
                .toList();
    }

    /** The most frequent confusion of labels, in words. */
    private static String mostFrequent(List<List<Double>> joint, List<String> names) {
        int classes = names.size();
        return IntStream.range(0, classes * classes)
                .filter(i -> i / classes != i % classes)
                .boxed()
                .max(Comparator.comparingDouble(i -> joint.get(i / classes).get(i % classes)))
                .map(i -> "Most often " + names.get(i % classes) + " is labelled " + names.get(i / classes) + ".")
                .orElse("");
    }

    private static Section test(LabelReport.TestIssues test) {
        LabelIssues issues = test.issues();
        Section section = Section.of("Test images")
                .text("The test images, evaluated by the model of " + test.run() + ", which was not trained on them.")
                .facts(
                        new Fact(
                                "Accuracy",
                                Numbers.share(issues.accuracy()),
                                "of " + Numbers.count(issues.images().size()) + " images"),
                        new Fact(
                                "Without the suspects",
                                Numbers.share(issues.accuracyWithoutSuspects()),
                                Numbers.count(issues.suspects().size()) + " suspects excluded"),
                        new Fact(
                                "Estimated share of wrong labels",
                                Numbers.percent(issues.learning().wrongShare(), 1),
                                "confident learning, an estimate"))
                .note("The accuracy without the suspects flatters the model: all its confident mistakes are"
                        + " suspects, whoever is right. It is a bound on the cost of wrong labels, and no result"
                        + " to report alone.");
        return suspects(section, issues);
    }

    private Section duplicates() {
        Table table = Table.of(
                "Pairs of images that differ by at most "
                        + Numbers.fixed(report.tolerance(), 1)
                        + " grey levels (of 0 to 255) in the mean of all pixels",
                Column.text("parts"),
                Column.number("pairs"),
                Column.number("identical"),
                Column.number("with different labels"));
        for (DuplicatePairs one : report.duplicates()) {
            table = table.row(
                    one.description(),
                    Numbers.count(one.pairs().size()),
                    Numbers.count(one.identical()),
                    Numbers.count(one.withDifferentLabels()));
        }
        Section section = Section.of("Duplicate images").table(table);
        List<InlineImage> pictures = report.duplicates().stream()
                .flatMap(one -> one.pairs().stream().map(pair -> new ShownPair(one, pair)))
                .sorted(Comparator.comparing((ShownPair shown) -> !shown.set().disagrees(shown.pair()))
                        .thenComparingDouble(shown -> shown.pair().difference()))
                .limit(PAIRS)
                .map(LabelReportPage::picture)
                .toList();
        return pictures.isEmpty()
                ? section
                : section.text("A test image that is also a training image measures memorisation. The pairs with"
                                + " different labels come first, then the most similar ones.")
                        .gallery(pictures);
    }

    private record ShownPair(DuplicatePairs set, Pair pair) {}

    private static InlineImage picture(ShownPair shown) {
        DuplicatePairs set = shown.set();
        Pair pair = shown.pair();
        String one = set.first().classNames().get(set.first().label(pair.first()));
        String other = set.second().classNames().get(set.second().label(pair.second()));
        String first = set.first().name(pair.first());
        String second = set.second().name(pair.second());
        String classes = one.equals(other) ? one : one + ", " + other;
        return InlineImage.of(
                Bitmaps.of(Bitmaps.picture(set.first(), pair.first()), Bitmaps.picture(set.second(), pair.second())),
                first + " and " + second + " " + set.description() + ", of class " + classes,
                classes + "\n" + set.description() + "\n" + first + "\n" + second
                        + String.format(Locale.ROOT, "%ndifference %.2f", pair.difference()));
    }

    private Section provenance() {
        CrossValidation folds = report.crossValidation();
        Table table = Table.of("Where the numbers come from", Column.text("what"), Column.text("value"))
                .row("images", report.origin())
                .row(
                        "networks",
                        folds.folds() + " folds, one run each, trained by preset "
                                + folds.trainer().preset())
                .row("runs", folds.directory().toString())
                .row(
                        "suspects",
                        "confident learning (Northcutt, Jiang and Chuang, JAIR 70, 2021), off the diagonal, ranked by"
                                + " self-confidence");
        for (LabelIssues issues : report.parts()) {
            for (var digest : issues.images().digests().entrySet()) {
                table = table.row(digest.getKey() + ", SHA-256", digest.getValue());
            }
        }
        return Section.of("Provenance")
                .table(table)
                .text("The spec of the networks:")
                .code("spec.yaml", SpecFile.write(folds.trainer().spec()));
    }
}
