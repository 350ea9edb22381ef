package io.residual.evaluation;

import io.residual.core.ResidualException;
import io.residual.core.ResidualException.Kind;
import io.residual.data.Split;
import io.residual.evaluation.cli.InferenceOptions;
import io.residual.evaluation.model.TestTimeAugmentation;
import io.residual.evaluation.report.Evaluation;
import io.residual.evaluation.report.ReportFiles;
import io.residual.training.cli.CommandRunner;
import io.residual.training.cli.DataOption;
import io.residual.training.cli.ExitStatus;
import io.residual.training.cli.OutputFile;
import io.residual.training.cli.ProjectVersion;
import io.residual.training.device.InferenceDevice;
import io.residual.training.run.Backend;
import io.residual.training.run.RunDirectory;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The command {@code evaluate}. */
@Command(
        name = "evaluate",
        description = "Evaluates the model of a run on images that it was not trained on, and writes a report.",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        optionListHeading = "%nOptions:%n",
        versionProvider = ProjectVersion.class)
public final class Main implements Callable<Integer> {
    /** Images that a GPU computes at a time. */
    private static final int BATCH = 256;

    @Option(
            names = "--run",
            paramLabel = "DIR",
            required = true,
            description = "directory of the run, or of an ensemble")
    private @Nullable Path run;

    @Option(
            names = "--split",
            paramLabel = "test|validation|train",
            defaultValue = "test",
            description = "images to evaluate on (default: ${DEFAULT-VALUE})")
    private @Nullable String split;

    @Option(
            names = "--data",
            paramLabel = "auto|sample|DIR",
            description = "where the images are: any labelled images of the run's classes, also without a training part"
                    + " (default: as in the run)")
    private @Nullable String data;

    @ArgGroup(validate = false, heading = InferenceOptions.HEADING)
    private InferenceOptions model = new InferenceOptions();

    @ArgGroup(validate = false, heading = "%nSecondary results:%n")
    private Secondary secondary = new Secondary();

    @Option(
            names = "--out",
            paramLabel = "DIR",
            description = "directory for report.html and report.json (default: the run's)")
    private @Nullable Path out;

    /** What is reported next to the model's own results. */
    private static final class Secondary {
        @Option(
                names = "--compare",
                paramLabel = "DIR",
                description = "another run: difference of the accuracies on the same images, with its uncertainty"
                        + " (default: none)")
        private @Nullable Path compared;

        @Option(
                names = "--tta",
                paramLabel = "flip|shift",
                split = ",",
                description = "test-time augmentation: mean over mirrored or shifted images (default: none)")
        private List<TestTimeAugmentation> augmentations = List.of();

        @Option(
                names = "--tta-below",
                paramLabel = "PROBABILITY",
                defaultValue = "1",
                description =
                        "highest probability of the images that --tta changes: those of which the model is less sure"
                                + " (from 0 to 1; default: ${DEFAULT-VALUE}, all)")
        private double augmentedBelow = 1;

        @Option(
                names = "--ensemble",
                paramLabel = "DIR",
                split = ",",
                description = "mean of this run and others, separated by commas (default: none)")
        private List<Path> ensemble = List.of();

        @Option(
                names = "--out-of-distribution",
                paramLabel = "DIR",
                split = ",",
                description = "folders with images of none of the classes, separated by commas: how well their energy"
                        + " distinguishes them (default: none)")
        private List<Path> outliers = List.of();

        double augmentedBelow() {
            if (!(augmentedBelow >= 0 && augmentedBelow <= 1)) {
                throw new ResidualException(
                        Kind.BAD_SETTING, "--tta-below: expected a probability from 0 to 1, got " + augmentedBelow);
            }
            if (augmentedBelow < 1 && augmentations.isEmpty()) {
                throw new ResidualException(
                        Kind.BAD_SETTING, "--tta-below: give --tta too, such as --tta flip, or leave it out");
            }
            return augmentedBelow;
        }
    }

    @Spec
    private @Nullable CommandSpec command;

    public static void main(String[] args) {
        System.exit(CommandRunner.run(new Main(), args));
    }

    @Override
    public Integer call() {
        PrintWriter terminal = Objects.requireNonNull(command).commandLine().getOut();
        RunDirectory directory = RunDirectory.open(Objects.requireNonNull(run));
        Split evaluated = switch (Objects.requireNonNull(split)) {
            case "test" -> Split.TEST;
            case "validation" -> Split.VALIDATION;
            case "train" -> Split.TRAIN;
            default ->
                throw new ResidualException(
                        Kind.BAD_SETTING, "--split: expected test, validation or train, got '" + split + "'");
        };
        OutputFile.requireWritableDirectory(out == null ? directory.path() : out, "give another --out");
        Backend.require();
        try (InferenceDevice device = InferenceDevice.open(model.inference(), BATCH)) {
            return evaluate(directory, evaluated, device, terminal);
        }
    }

    private int evaluate(RunDirectory directory, Split evaluated, InferenceDevice device, PrintWriter terminal) {
        EvaluationRequest request = new EvaluationRequest(
                directory,
                model.choice(),
                evaluated,
                Optional.ofNullable(data).map(DataOption::choice),
                secondary.augmentations,
                secondary.augmentedBelow(),
                secondary.ensemble.stream().map(RunDirectory::open).toList(),
                secondary.outliers,
                Optional.ofNullable(secondary.compared).map(RunDirectory::open),
                device);
        Evaluation evaluation = execute(request);
        terminal.print(ReportFiles.text(evaluation));
        ReportFiles files = ReportFiles.in(out == null ? directory.path() : out, evaluated);
        files.write(evaluation);
        terminal.println();
        terminal.println("HTML report: " + files.html());
        terminal.println("JSON report: " + files.json());
        return ExitStatus.OK.code();
    }

    private Evaluation execute(EvaluationRequest request) {
        try {
            return request.execute();
        } catch (ResidualException e) {
            throw e.kind() == Kind.BAD_DATA && data == null ? e.withHint("--data names other images") : e;
        }
    }
}
