package io.residual.evaluation;

import io.residual.core.ResidualException;
import io.residual.core.ResidualException.Kind;
import io.residual.data.Split;
import io.residual.evaluation.model.CheckpointOption;
import io.residual.evaluation.model.TestTimeAugmentation;
import io.residual.evaluation.report.Evaluation;
import io.residual.evaluation.report.ReportFiles;
import io.residual.training.cli.CommandRunner;
import io.residual.training.cli.ExitStatus;
import io.residual.training.cli.KernelOption;
import io.residual.training.cli.ProjectVersion;
import io.residual.training.run.Backend;
import io.residual.training.run.RunDirectory;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The command {@code evaluate}. */
@Command(
        name = "evaluate",
        description = "Judges the model of a run on images that it was not trained on.",
        mixinStandardHelpOptions = true,
        versionProvider = ProjectVersion.class)
public final class Main implements Callable<Integer> {
    @Option(names = "--run", paramLabel = "DIR", required = true, description = "directory of the run")
    private @Nullable Path run;

    @Option(
            names = "--split",
            paramLabel = "test|validation|train",
            defaultValue = "test",
            description = "images to judge it on; test if none is given")
    private @Nullable String split;

    @Mixin
    private CheckpointOption checkpoint = new CheckpointOption();

    @Option(
            names = "--data",
            paramLabel = "auto|sample|DIR",
            description = "where the images are; as in the run if none is given")
    private @Nullable String data;

    @Mixin
    private KernelOption kernels = new KernelOption();

    @Option(
            names = "--compare",
            paramLabel = "DIR",
            description = "another run: difference of accuracy on the same images, with its uncertainty")
    private @Nullable Path compared;

    @Option(
            names = "--tta",
            paramLabel = "flip|shift",
            split = ",",
            description = "also the mean over mirrored or moved images")
    private List<TestTimeAugmentation> augmentations = List.of();

    @Option(
            names = "--ensemble",
            paramLabel = "DIR",
            split = ",",
            description = "also the mean of this and other runs, separated by commas")
    private List<Path> ensemble = List.of();

    @Spec
    private @Nullable CommandSpec command;

    public static void main(String[] args) {
        System.exit(CommandRunner.run(new Main(), args));
    }

    @Override
    public Integer call() {
        PrintWriter out = Objects.requireNonNull(command).commandLine().getOut();
        RunDirectory directory = RunDirectory.open(Objects.requireNonNull(run));
        Split judged = switch (Objects.requireNonNull(split)) {
            case "test" -> Split.TEST;
            case "validation" -> Split.VALIDATION;
            case "train" -> Split.TRAIN;
            default ->
                throw new ResidualException(
                        Kind.BAD_SETTING, "--split: expected test, validation or train, got '" + split + "'");
        };
        Backend.require();
        EvaluationRequest request = new EvaluationRequest(
                directory,
                checkpoint.choice(),
                judged,
                Optional.ofNullable(data),
                augmentations,
                ensemble.stream().map(RunDirectory::open).toList(),
                Optional.ofNullable(compared).map(RunDirectory::open),
                kernels.choice().resolve());
        Evaluation evaluation = request.execute();
        out.print(ReportFiles.text(evaluation));
        ReportFiles files = ReportFiles.of(evaluation);
        files.write(evaluation);
        out.println();
        out.println("The same as a page: " + files.html());
        out.println("The same as JSON:   " + files.json());
        return ExitStatus.OK.code();
    }
}
