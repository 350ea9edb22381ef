package io.residual.evaluation.labels;

import io.residual.core.ResidualException;
import io.residual.core.ResidualException.Kind;
import io.residual.data.DataSource;
import io.residual.data.Split;
import io.residual.data.StratifiedSplit;
import io.residual.evaluation.cli.Ports;
import io.residual.evaluation.metrics.Scores;
import io.residual.evaluation.model.TrainedModel;
import io.residual.evaluation.review.Agreement;
import io.residual.evaluation.review.CleanCopy;
import io.residual.evaluation.review.DecisionEffect;
import io.residual.evaluation.review.DecisionEffect.EvaluatedImages;
import io.residual.evaluation.review.EffectReport;
import io.residual.evaluation.review.ReviewItem;
import io.residual.evaluation.review.ReviewServer;
import io.residual.evaluation.review.ReviewSession;
import io.residual.training.SeedRuns;
import io.residual.training.Trainer;
import io.residual.training.cli.ForegroundTraining;
import io.residual.training.cli.Interruption;
import io.residual.training.cli.OutputFile;
import io.residual.training.cli.ShellWord;
import io.residual.training.run.DataSources;
import io.residual.training.run.DecisionFile;
import io.residual.training.run.LabelDecisions;
import io.residual.training.run.RunDatasets;
import io.residual.training.run.RunDirectory;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.LongStream;
import java.util.stream.Stream;

/** What {@code labels} does about people's decisions. Each prints its result. */
record DecisionTasks(PrintWriter out) {
    private static final String PORT_HINT = "Give another --port";

    /** Makes sure, before networks are trained for it, that the page could be shown. */
    static void requireFree(int port) {
        var unused = Ports.withHint(PORT_HINT, () -> {
            ReviewServer.requireFree(port);
            return port;
        });
    }

    /** Shows a page to review the suspects at until a signal ends it. */
    void review(LabelReport report, Path directory, String reviewer, int port) throws InterruptedException {
        List<ReviewItem> items = Stream.concat(
                        items(report.training(), Split.TRAIN),
                        report.test().stream().flatMap(test -> items(test.issues(), Split.TEST)))
                .toList();
        if (items.isEmpty()) {
            out.println("No label is suspect: there is nothing to review.");
            return;
        }
        Path path = directory.resolve("decisions-" + reviewer + ".jsonl");
        try (Interruption interruption = Interruption.listen();
                DecisionFile file = DecisionFile.open(path);
                ReviewServer server = Ports.withHint(
                        PORT_HINT,
                        () -> new ReviewServer(
                                new ReviewSession(items, report.training().images(), file, reviewer, Instant::now),
                                port))) {
            out.printf(
                    Locale.ROOT,
                    "Review %,d suspects at %s until Ctrl-C or SIGTERM; decisions are saved in %s%n",
                    items.size(),
                    server.url(),
                    path);
            out.flush();
            interruption.await();
            out.printf(
                    Locale.ROOT,
                    "%s has decided on %,d of %,d suspects. Train with the decisions: ./residual train"
                            + " --label-decisions %s%n",
                    reviewer,
                    server.decided(),
                    items.size(),
                    ShellWord.of(path));
        }
    }

    private static Stream<ReviewItem> items(LabelIssues issues, Split part) {
        return issues.suspects().stream()
                .map(suspect ->
                        new ReviewItem(part, issues.images(), issues.scores(), suspect.example(), suspect.likely()));
    }

    /** Merges files of several reviewers into one, if they do not contradict each other. */
    void merge(List<Path> files, Path directory) {
        LabelDecisions decisions = LabelDecisions.read(files);
        Agreement.of(decisions).forEach(agreement -> out.println(agreement.text()));
        out.flush();
        decisions.requireAgreement(
                String.join(", ", files.stream().map(Path::toString).toList()));
        Path merged = directory.resolve("decisions.jsonl");
        OutputFile.requireWritableDirectory(directory, "give another --dir");
        OutputFile.write(merged, decisions.text(), "is its directory writable?");
        out.printf(
                Locale.ROOT,
                "Training images: %s%nTest images: %s%nMerged decisions: %s%n",
                decisions.summary(Split.TRAIN),
                decisions.summary(Split.TEST),
                merged);
    }

    /** Writes a copy of the data with the labels that were decided. */
    void exportClean(DataSource source, Path decisionFile, Path target) {
        LabelDecisions decisions = LabelDecisions.read(decisionFile);
        int images = CleanCopy.write(source, decisions, decisionFile, target);
        out.printf(
                Locale.ROOT,
                "Cleaned copy of %,d images: %s%nTraining images: %s%nTest images: %s%n",
                images,
                target,
                decisions.summary(Split.TRAIN),
                decisions.summary(Split.TEST));
    }

    /**
     * Trains networks with the decisions and without, and reports the difference.
     *
     * @param trainer of the spec with the decisions
     * @param plain of the spec without
     * @return whether all were trained
     */
    boolean report(
            Trainer trainer, Trainer plain, int seeds, Path directory, Function<RunDirectory, TrainedModel> load) {
        DataSource source = DataSources.find(plain.spec().data());
        Path decisionFile = required(trainer.spec().data().labelDecisions().file());
        LabelDecisions decisions = LabelDecisions.read(decisionFile);
        EvaluatedImages images = source.has(Split.TEST)
                ? new EvaluatedImages(source.open(Split.TEST, StratifiedSplit.SEED), Split.TEST, "test images")
                : new EvaluatedImages(
                        source.open(Split.VALIDATION, StratifiedSplit.SEED), Split.TRAIN, "images held back");
        if (images.part() == Split.TEST) {
            // Those on training images are checked where the training reads these.
            decisions.requireMadeOn(
                    images.images(),
                    Split.TEST,
                    Map.entry(decisionFile.toString(), source.origin().place()));
        }
        RunDatasets with = RunDatasets.find(trainer.spec().data());
        OutputFile.requireWritableDirectory(directory, "give another --dir");
        List<Path> arms = List.of(directory.resolve("without"), directory.resolve("with"));
        if (!trained(plain, seeds, arms.get(0), RunDatasets.of(source))
                || !trained(trainer, seeds, arms.get(1), with)) {
            return false;
        }
        List<Long> numbers = LongStream.range(0, seeds)
                .mapToObj(i -> plain.spec().seed() + i)
                .toList();
        List<List<Scores>> scores = arms.stream()
                .map(arm -> numbers.stream()
                        .map(seed -> load.apply(RunDirectory.open(SeedRuns.runOf(arm, seed)))
                                .probabilities(images.images()))
                        .toList())
                .toList();
        EffectReport report =
                new EffectReport(DecisionEffect.of(decisions, images, numbers, scores.get(0), scores.get(1)));
        OutputFile.write(directory.resolve("changes.html"), report.html(), "is its directory writable?");
        OutputFile.write(directory.resolve("changes.json"), report.json(), "is its directory writable?");
        out.print(report.text());
        out.println("HTML report: " + directory.resolve("changes.html"));
        out.println("JSON report: " + directory.resolve("changes.json"));
        return true;
    }

    private static boolean trained(Trainer trainer, int seeds, Path directory, RunDatasets data) {
        return SeedRuns.train(trainer, seeds, directory, each -> ForegroundTraining.run(each, data))
                .isPresent();
    }

    /** The file that a command with these tasks was given. */
    static Path required(Optional<Path> decisions) {
        return decisions.orElseThrow(() -> new ResidualException(
                Kind.BAD_SETTING, "--label-decisions: name the file of the decisions, as --review saves it"));
    }
}
