package io.residual.evaluation.labels;

import io.residual.evaluation.labels.ConfidentLearning.Suspect;
import io.residual.evaluation.labels.NearDuplicates.Pair;
import io.residual.report.chart.ColourScale;
import io.residual.report.chart.HeatMap;
import io.residual.report.chart.HeatMap.Cell;
import io.residual.report.page.Block.Facts.Fact;
import io.residual.report.page.InlineImage;
import io.residual.report.page.Page;
import io.residual.report.page.Section;
import io.residual.report.page.Table;
import io.residual.report.page.Table.Column;
import io.residual.training.config.SpecFile;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import java.util.stream.Stream;

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
                        "Labels in doubt",
                        String.format(
                                Locale.ROOT,
                                "Which of the labels of %,d training images are likely wrong, and which images are there"
                                        + " twice; from %s.",
                                report.training().images().size(),
                                report.origin()))
                .with(content.summary())
                .with(content.suspects())
                .with(content.noise());
        if (report.test().isPresent()) {
            page = page.with(test(report.test().get()));
        }
        return page.with(content.likes()).with(content.provenance());
    }

    private Section summary() {
        return Section.of("Summary")
                .facts(
                        new Fact(
                                "Suspect labels",
                                count(training.suspects().size()),
                                "of " + count(training.images().size()) + " training images"),
                        new Fact(
                                "Estimated share of wrong labels",
                                percent(training.learning().wrongShare()),
                                "confident learning, an estimate"),
                        new Fact(
                                "Cross-validated accuracy",
                                share(training.accuracy()),
                                share(training.accuracyWithoutSuspects()) + " without the suspects"),
                        new Fact(
                                "Like images",
                                count(report.likes().stream()
                                        .mapToInt(like -> like.pairs().size())
                                        .sum()),
                                "pairs, " + count(withDifferentLabels()) + " with different labels"))
                .text("Every image was judged by a network that had not learned from it. A label is suspect where that"
                        + " network is surer of another class than it usually is of images with that other label.")
                .note(
                        "A suspect is a question, not an answer: among them are wrong labels, images that show more than one"
                                + " class, and images that are only hard. Look at them before you change or drop any. The weaker"
                                + " the networks, the longer the list and the higher the estimated share.");
    }

    private long withDifferentLabels() {
        return report.likes().stream().mapToLong(DuplicatePairs::withDifferentLabels).sum();
    }

    private Section suspects() {
        return suspects(Section.of("Suspect labels"), training);
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
        return section.text((all.size() > SUSPECTS ? "The first " + SUSPECTS + " of " + count(all.size()) : "All")
                        + ", the least likely label first; suspects.csv has them all, and labels.json the order of all images. The first line below a picture is"
                        + " its label with the probability that the network gives it, the second is what it takes the"
                        + " image for.")
                .gallery(pictures);
    }

    private static InlineImage picture(LabelIssues issues, Suspect suspect) {
        int position = issues.images().position(suspect.example());
        String label = issues.className(suspect.label());
        String likely = issues.className(suspect.likely());
        return InlineImage.of(
                Thumbnail.of(issues.images(), suspect.example()),
                "Image " + position + ", labelled " + label + ", likely " + likely,
                label + ": " + percent(suspect.selfConfidence()) + "\n" + likely + ": "
                        + percent(issues.scores().score(suspect.example(), suspect.likely())) + "\nno. " + position);
    }

    private Section noise() {
        List<String> names = training.images().classNames();
        double examples = training.images().size();
        List<List<Double>> joint = training.learning().joint();
        List<List<Double>> noise = training.learning().noiseMatrix();
        double most = joint.stream()
                .flatMap(List::stream)
                .max(Comparator.naturalOrder())
                .orElse(1.0);
        HeatMap counts = new HeatMap(
                "Labels and true classes, images",
                "How many images of each label (row) are estimated to be of each class (column). "
                        + worst(joint, names),
                "label",
                "estimated class",
                names,
                names,
                ColourScale.linear("images", 0, Math.max(1, most * examples)),
                cells(joint, value -> count(Math.round(value * examples)), examples));
        HeatMap shares = new HeatMap(
                "Noise matrix: probability of a label, given the class",
                "Each column sums to 1. Without label noise the diagonal would be 1.",
                "label",
                "estimated class",
                names,
                names,
                ColourScale.linear("probability", 0, 1),
                cells(noise, value -> String.format(Locale.ROOT, "%.2f", value), 1));
        return Section.of("Which classes stand for each other").charts(counts, shares);
    }

    private interface Text {
        String of(double value);
    }

    private static List<List<Cell>> cells(List<List<Double>> matrix, Text text, double factor) {
        return matrix.stream()
                .map(row -> row.stream()
                        .map(value -> Cell.of(value * factor, text.of(value)))
                        .toList())
                .toList();
    }

    /** The most frequent exchange of labels, in words. */
    private static String worst(List<List<Double>> joint, List<String> names) {
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
                .text("The test images, judged by the model of " + test.run() + ", which was not trained on them.")
                .facts(
                        new Fact(
                                "Accuracy",
                                share(issues.accuracy()),
                                "of " + count(issues.images().size()) + " images"),
                        new Fact(
                                "Without the suspects",
                                share(issues.accuracyWithoutSuspects()),
                                count(issues.suspects().size()) + " suspects left out"),
                        new Fact(
                                "Estimated share of wrong labels",
                                percent(issues.learning().wrongShare()),
                                "confident learning, an estimate"))
                .note("The accuracy without the suspects flatters the model: whatever it is surely wrong about is a"
                        + " suspect, whoever is right. It bounds what wrong labels can have cost, and is no result to"
                        + " report alone.");
        return suspects(section, issues);
    }

    private Section likes() {
        Table table = Table.of(
                "Pairs of images that differ by at most "
                        + String.format(Locale.ROOT, "%.1f", report.tolerance())
                        + " grey levels (of 0 to 255) in the mean of all pixels",
                Column.text("where"),
                Column.number("pairs"),
                Column.number("equal in every pixel"),
                Column.number("with different labels"));
        for (DuplicatePairs like : report.likes()) {
            table = table.row(like.where(), count(like.pairs().size()), count(like.equal()), count(like.withDifferentLabels()));
        }
        Section section = Section.of("Images that are there twice").table(table);
        List<InlineImage> pictures = report.likes().stream()
                .flatMap(like -> like.pairs().stream().map(pair -> new ShownPair(like, pair)))
                .sorted(Comparator.comparing((ShownPair shown) -> !shown.likes().disagrees(shown.pair()))
                        .thenComparingDouble(shown -> shown.pair().difference()))
                .limit(PAIRS)
                .map(LabelReportPage::picture)
                .toList();
        return pictures.isEmpty()
                ? section
                : section.text("A test image that is also a training image measures memory. The pairs with different"
                                + " labels come first, then the likest.")
                        .gallery(pictures);
    }

    private record ShownPair(DuplicatePairs likes, Pair pair) {}

    private static InlineImage picture(ShownPair shown) {
        DuplicatePairs likes = shown.likes();
        Pair pair = shown.pair();
        String one = likes.first().classNames().get(likes.first().label(pair.first()));
        String other = likes.second().classNames().get(likes.second().label(pair.second()));
        String positions =
                likes.first().position(pair.first()) + " and " + likes.second().position(pair.second());
        String classes = one.equals(other) ? one : one + ", " + other;
        return InlineImage.of(
                Thumbnail.of(likes.first(), pair.first(), likes.second(), pair.second()),
                "Images " + positions + " " + likes.where() + ", of class " + classes,
                classes + "\n" + likes.where() + "\nno. " + positions
                        + String.format(Locale.ROOT, "%ndifference %.2f", pair.difference()));
    }

    private Section provenance() {
        CrossValidation how = report.how();
        Table table = Table.of("Where the figures come from", Column.text("what"), Column.text("value"))
                .row("images", report.origin())
                .row(
                        "networks",
                        how.folds() + " folds, one run each, trained by preset "
                                + how.preset().name())
                .row("runs", how.directory().toString())
                .row(
                        "suspects",
                        "confident learning (Northcutt, Jiang and Chuang, JAIR 70, 2021), off the diagonal, ranked by"
                                + " self-confidence");
        List<String[]> digests = Stream.concat(
                        Stream.of(training), report.test().stream().map(t -> t.issues()))
                .flatMap(issues -> issues.images().digests().entrySet().stream())
                .map(digest -> new String[] {digest.getKey() + ", SHA-256", digest.getValue()})
                .toList();
        for (String[] row : digests) {
            table = table.row(row);
        }
        return Section.of("Provenance")
                .table(table)
                .text("The spec of the networks:")
                .code("spec.yaml", SpecFile.write(how.preset().spec()));
    }

    private static String share(double value) {
        return String.format(Locale.ROOT, "%.4f", value);
    }

    private static String percent(double share) {
        return String.format(Locale.ROOT, "%.1f %%", 100 * share);
    }

    private static String count(long value) {
        return String.format(Locale.ROOT, "%,d", value);
    }
}
