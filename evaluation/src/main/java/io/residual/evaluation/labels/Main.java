package io.residual.evaluation.labels;

import io.residual.core.ResidualException;
import io.residual.core.ResidualException.Kind;
import io.residual.data.DataSource;
import io.residual.data.ImageSet;
import io.residual.data.Split;
import io.residual.data.StratifiedSplit;
import io.residual.evaluation.labels.LabelReport.TestIssues;
import io.residual.evaluation.model.CheckpointOption;
import io.residual.evaluation.model.TrainedModel;
import io.residual.training.cli.CommandRunner;
import io.residual.training.cli.ExitStatus;
import io.residual.training.cli.KernelOption;
import io.residual.training.cli.ProjectVersion;
import io.residual.training.cli.SettingOptions;
import io.residual.training.config.Preset;
import io.residual.training.run.Backend;
import io.residual.training.run.DataSources;
import io.residual.training.run.RunDirectory;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The command {@code labels}. */
@Command(
        name = "labels",
        description =
                "Finds labels of a data set that are likely wrong, and images that are there twice. Trains a network"
                        + " for each fold of the training images; those that are there already are taken, interrupted ones go"
                        + " on.",
        modelTransformer = LabelOptions.class,
        mixinStandardHelpOptions = true,
        versionProvider = ProjectVersion.class)
public final class Main implements Callable<Integer> {
    @Option(
            names = "--folds",
            paramLabel = "N",
            defaultValue = "5",
            description = "parts of the training images, each judged by a network that learned from the others;"
                    + " ${DEFAULT-VALUE} if none is given")
    private int folds;

    @Option(
            names = "--dir",
            paramLabel = "DIR",
            description = "directory of the folds' runs and of the report; runs/labels-PRESET if none is given")
    private @Nullable Path directory;

    @Option(
            names = "--run",
            paramLabel = "DIR",
            description =
                    "a run that was trained on the training images: its model judges the labels of the test images")
    private @Nullable Path run;

    @Mixin
    private CheckpointOption checkpoint = new CheckpointOption();

    @Option(
            names = "--like",
            paramLabel = "LEVELS",
            defaultValue = "4",
            description =
                    "greatest mean difference of the pixels of two images that count as the same, in grey levels of"
                            + " 0 to 255; ${DEFAULT-VALUE} if none is given")
    private double tolerance;

    @Mixin
    private KernelOption kernels = new KernelOption();

    @Spec
    private @Nullable CommandSpec command;

    public static void main(String[] args) {
        System.exit(CommandRunner.run(new Main(), args));
    }

    @Override
    public Integer call() {
        CommandSpec parsed = Objects.requireNonNull(command);
        PrintWriter out = parsed.commandLine().getOut();
        if (!(tolerance >= 0 && tolerance <= 255)) {
            throw new ResidualException(Kind.BAD_SETTING, "--like: expected a number from 0 to 255, got " + tolerance);
        }
        Preset preset = SettingOptions.preset(parsed, LabelOptions.PRESET);
        Path place = directory == null ? Path.of("runs", "labels-" + preset.name()) : directory;
        CrossValidation how = new CrossValidation(preset, folds, place, kernels.choice());
        Optional<RunDirectory> judge = Optional.ofNullable(run).map(RunDirectory::open);
        Backend.require();
        DataSource data = DataSources.find(preset.spec().data());
        ImageSet images = data.wholeTraining();
        judge.ifPresent(trained -> requireClasses(trained, images));
        List<String> arguments = parsed.commandLine().getParseResult().originalArgs();
        Optional<LabelIssues> training =
                LabelIssues.find("training", images, how, data.origin().describe(), arguments);
        if (training.isEmpty()) {
            out.println("Interrupted. Give the same command again to go on.");
            return ExitStatus.INTERRUPTED.code();
        }
        LabelReport report = report(data, how, training.get(), judge);
        LabelReportFiles files = LabelReportFiles.in(place);
        files.write(report);
        out.print(text(report));
        out.println("The page: " + files.html());
        out.println("As JSON:  " + files.json());
        out.println("As CSV:   " + files.csv());
        return ExitStatus.OK.code();
    }

    private LabelReport report(
            DataSource data, CrossValidation how, LabelIssues training, Optional<RunDirectory> judge) {
        ImageSet images = training.images();
        ImageSet test = data.open(Split.TEST, StratifiedSplit.SEED);
        return new LabelReport(
                data.origin().describe(),
                how,
                training,
                judge.map(directory -> judged(directory, test)),
                tolerance,
                List.of(
                        DuplicatePairs.within("training", images, tolerance),
                        DuplicatePairs.within("test", test, tolerance),
                        DuplicatePairs.between("test", test, "training", images, tolerance)));
    }

    private TestIssues judged(RunDirectory judge, ImageSet test) {
        TrainedModel model =
                TrainedModel.load(judge, checkpoint.choice(), kernels.choice().resolve());
        return new TestIssues(judge.toString(), LabelIssues.of("test", test, model.probabilities(test)));
    }

    private static void requireClasses(RunDirectory judge, ImageSet images) {
        List<String> classes = judge.manifest().data().classes();
        if (!classes.equals(images.classNames())) {
            throw new ResidualException(
                    Kind.BAD_DATA,
                    "--run " + judge + ": was trained on other classes, " + String.join(", ", classes)
                            + ", than those of the data: give a run that was trained on the same data set");
        }
    }

    private static String text(LabelReport report) {
        StringBuilder text = new StringBuilder();
        for (LabelIssues issues : report.parts()) {
            text.append(String.format(
                    Locale.ROOT,
                    "Images of the %s part: %,d, suspect labels %,d, estimated wrong %.1f %%, accuracy %.4f, without the"
                            + " suspects %.4f%n",
                    issues.part(),
                    issues.images().size(),
                    issues.suspects().size(),
                    100 * issues.learning().wrongShare(),
                    issues.accuracy(),
                    issues.accuracyWithoutSuspects()));
        }
        for (DuplicatePairs like : report.likes()) {
            text.append(String.format(
                    Locale.ROOT,
                    "Like images %s: %,d pairs, %,d equal in every pixel, %,d with different labels%n",
                    like.where(),
                    like.pairs().size(),
                    like.equal(),
                    like.withDifferentLabels()));
        }
        return text.toString();
    }
}
