package io.residual.evaluation.labels;

import io.residual.core.ResidualException;
import io.residual.core.ResidualException.Kind;
import io.residual.data.ClassNames;
import io.residual.data.DataSource;
import io.residual.data.ImageSet;
import io.residual.data.Split;
import io.residual.data.StratifiedSplit;
import io.residual.evaluation.cli.ModelOptions;
import io.residual.evaluation.cli.ReviewOptions;
import io.residual.evaluation.labels.LabelReport.TestIssues;
import io.residual.evaluation.model.TrainedModel;
import io.residual.training.CrossValidation;
import io.residual.training.Trainer;
import io.residual.training.cli.CommandRunner;
import io.residual.training.cli.DeviceOption;
import io.residual.training.cli.ExitStatus;
import io.residual.training.cli.OutputFile;
import io.residual.training.cli.ProjectVersion;
import io.residual.training.cli.SettingOptions;
import io.residual.training.config.DataSpec;
import io.residual.training.config.Preset;
import io.residual.training.run.Backend;
import io.residual.training.run.DataSources;
import io.residual.training.run.RunDirectory;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.IModelTransformer;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The command {@code labels}. */
@Command(
        name = "labels",
        description =
                "Finds labels of a data set that are likely wrong, and duplicate images. Trains a network for each fold"
                        + " of the training images; reuses finished trainings and resumes interrupted ones.",
        modelTransformer = Main.TrainingOptions.class,
        mixinStandardHelpOptions = true,
        versionProvider = ProjectVersion.class)
public class Main implements Callable<Integer> {
    /** Quick on all of Fashion-MNIST. */
    private static final String PRESET = "speedrun";

    private static final Map<String, String> AS_IN_THE_DATA = Map.of("labelDecisions", "none");

    @Option(
            names = "--folds",
            paramLabel = "FOLDS",
            defaultValue = "5",
            description = "parts of the training images, each evaluated by a network that was trained on the others"
                    + " (default: ${DEFAULT-VALUE})")
    private int foldCount;

    @Option(
            names = "--dir",
            paramLabel = "DIR",
            description = "directory for the runs of the folds and the report (default: runs/labels-PRESET)")
    private @Nullable Path directory;

    @Option(
            names = "--run",
            paramLabel = "DIR",
            description = "a run that was trained on the training images: its model evaluates the labels of the test"
                    + " images (default: none)")
    private @Nullable Path run;

    @Option(
            names = "--like",
            paramLabel = "LEVELS",
            defaultValue = "4",
            description =
                    "maximum mean difference of the pixels of duplicate images, in grey levels of 0 to 255 (default:"
                            + " ${DEFAULT-VALUE})")
    private double tolerance;

    @Mixin
    private DeviceOption device = new DeviceOption();

    @ArgGroup(validate = false, heading = ReviewOptions.HEADING)
    private ReviewOptions review = new ReviewOptions();

    @ArgGroup(validate = false, heading = ModelOptions.HEADING)
    private ModelOptions model = new ModelOptions();

    @Spec
    private @Nullable CommandSpec command;

    /** The options of training, with the preset of this command. */
    static final class TrainingOptions implements IModelTransformer {
        @Override
        public CommandSpec transform(CommandSpec command) {
            return new SettingOptions(PRESET, "Label errors").transform(command);
        }
    }

    public static void main(String[] args) {
        System.exit(CommandRunner.run(new Main(), args));
    }

    @Override
    public Integer call() throws InterruptedException {
        CommandSpec parsed = Objects.requireNonNull(command);
        PrintWriter out = parsed.commandLine().getOut();
        if (!(tolerance >= 0 && tolerance <= 255)) {
            throw new ResidualException(Kind.BAD_SETTING, "--like: expected a number from 0 to 255, got " + tolerance);
        }
        device.requireAlone();
        Preset preset = SettingOptions.preset(parsed, PRESET);
        Path place = directory == null ? Path.of("runs", "labels-" + preset.name()) : directory;
        review.requireOne();
        DecisionTasks tasks = new DecisionTasks(out);
        if (!review.merge().isEmpty()) {
            tasks.merge(review.merge(), place);
            return ExitStatus.OK.code();
        }
        if (review.clean().isPresent()) {
            Path decisions =
                    DecisionTasks.required(preset.spec().data().labelDecisions().file());
            tasks.exportClean(
                    DataSources.find(SettingOptions.preset(parsed, PRESET, AS_IN_THE_DATA)
                            .spec()
                            .data()),
                    decisions,
                    review.clean().get());
            return ExitStatus.OK.code();
        }
        if (review.report()) {
            return report(parsed, preset, place, tasks);
        }
        return search(parsed, preset, place, tasks);
    }

    /** Where the folds are trained: in this process. */
    protected FoldExecutor folds() {
        return FoldExecutor.HERE;
    }

    private int report(CommandSpec parsed, Preset preset, Path place, DecisionTasks tasks) {
        int seeds = review.seeds();
        if (folds() != FoldExecutor.HERE) {
            throw new ResidualException(
                    Kind.BAD_SETTING, "--report: its networks are trained in this process: give it without --spark");
        }
        Backend.require();
        try {
            return tasks.report(
                            trainer(parsed, preset),
                            trainer(parsed, SettingOptions.preset(parsed, PRESET, AS_IN_THE_DATA)),
                            seeds,
                            place,
                            run -> TrainedModel.load(
                                    run, model.choice(), model.kernels().resolve()))
                    ? ExitStatus.OK.code()
                    : interrupted(parsed);
        } catch (ResidualException e) {
            throw e.kind() == Kind.BAD_RUN ? e.withHint("--dir names another one") : e;
        }
    }

    private static int interrupted(CommandSpec parsed) {
        parsed.commandLine().getOut().println("Interrupted. Run the same command again to resume.");
        return ExitStatus.INTERRUPTED.code();
    }

    private Trainer trainer(CommandSpec parsed, Preset preset) {
        return device.on(Trainer.of(preset))
                .kernels(model.kernels())
                .arguments(parsed.commandLine().getParseResult().originalArgs());
    }

    /** Looks for suspects, reports them, and shows them if that is asked for. */
    private int search(CommandSpec parsed, Preset preset, Path place, DecisionTasks tasks) throws InterruptedException {
        PrintWriter out = parsed.commandLine().getOut();
        String reviewer = review.review() ? review.reviewer() : "";
        int port = review.port();
        if (review.review() && preset.spec().data().labelDecisions().file().isPresent()) {
            throw new ResidualException(
                    Kind.BAD_SETTING,
                    "--review: labels are reviewed as the data have them: drop --label-decisions; decisions of an"
                            + " earlier review in --dir are shown");
        }
        if (review.review()) {
            DecisionTasks.requireFree(port);
        }
        CrossValidation crossValidation = new CrossValidation(trainer(parsed, preset), foldCount, place);
        Optional<RunDirectory> evaluator = Optional.ofNullable(run).map(RunDirectory::open);
        Backend.require();
        DataSpec spec = preset.spec().data();
        DataSource data = DataSources.find(spec);
        ImageSet images = data.wholeTraining();
        evaluator.ifPresent(trained -> requireClasses(trained, images));
        // All that the report needs is read before the first fold is trained.
        Optional<ImageSet> test = test(data);
        Optional<TestIssues> testIssues = evaluator.map(trained ->
                testIssues(trained, DataSources.seenBy(trained, spec.source(), spec.folder(), images.classNames())));
        OutputFile.requireWritableDirectory(place, "give another --dir");
        if (!data.skipped().isEmpty()) {
            out.println("Skipped files: " + data.skipped().summary());
        }
        Optional<LabelIssues> training = folds().probabilities(
                        crossValidation, images, data.origin().describe())
                .map(scores -> LabelIssues.of("training", images, scores));
        if (training.isEmpty()) {
            return interrupted(parsed);
        }
        LabelReport report = new LabelReport(
                data.origin().describe(),
                crossValidation,
                training.get(),
                testIssues,
                tolerance,
                duplicates(images, test));
        LabelReportFiles files = LabelReportFiles.in(place);
        files.write(report);
        out.print(text(report));
        out.println("HTML report: " + files.html());
        out.println("JSON report: " + files.json());
        out.println("CSV list:    " + files.csv());
        if (review.review()) {
            tasks.review(report, place, reviewer, port);
        }
        return ExitStatus.OK.code();
    }

    /** The test images, if the data have a part for testing. */
    private static Optional<ImageSet> test(DataSource data) {
        return data.has(Split.TEST) ? Optional.of(data.open(Split.TEST, StratifiedSplit.SEED)) : Optional.empty();
    }

    private List<DuplicatePairs> duplicates(ImageSet training, Optional<ImageSet> test) {
        List<DuplicatePairs> pairs = new ArrayList<>(List.of(DuplicatePairs.within("training", training, tolerance)));
        test.ifPresent(images -> {
            pairs.add(DuplicatePairs.within("test", images, tolerance));
            pairs.add(DuplicatePairs.between("test", images, "training", training, tolerance));
        });
        return pairs;
    }

    private TestIssues testIssues(RunDirectory evaluator, DataSource data) {
        ImageSet test = data.open(Split.TEST, StratifiedSplit.SEED);
        TrainedModel trained =
                TrainedModel.load(evaluator, model.choice(), model.kernels().resolve());
        return new TestIssues(evaluator.toString(), LabelIssues.of("test", test, trained.probabilities(test)));
    }

    private static void requireClasses(RunDirectory evaluator, ImageSet images) {
        List<String> classes = evaluator.manifest().data().classes();
        if (ClassNames.places(classes, images.classNames()).isEmpty()) {
            throw new ResidualException(
                    Kind.BAD_DATA,
                    "--run " + evaluator + ": was trained on other classes, " + String.join(", ", classes)
                            + ", than those of the data: give a run that was trained on the same data set");
        }
    }

    private static String text(LabelReport report) {
        StringBuilder text = new StringBuilder();
        for (LabelIssues issues : report.parts()) {
            text.append(String.format(
                    Locale.ROOT,
                    "Images of the %s part: %,d, suspect labels %,d, estimated wrong %.1f %%, accuracy %.4f, without"
                            + " the suspects %.4f%n",
                    issues.part(),
                    issues.images().size(),
                    issues.suspects().size(),
                    100 * issues.learning().wrongShare(),
                    issues.accuracy(),
                    issues.accuracyWithoutSuspects()));
        }
        for (DuplicatePairs duplicates : report.duplicates()) {
            text.append(String.format(
                    Locale.ROOT,
                    "Duplicate images %s: %,d pairs, %,d identical, %,d with different labels%n",
                    duplicates.description(),
                    duplicates.pairs().size(),
                    duplicates.identical(),
                    duplicates.withDifferentLabels()));
        }
        return text.toString();
    }
}
