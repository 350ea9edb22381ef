package io.residual.evaluation.predict;

import io.residual.core.ResidualException;
import io.residual.core.ResidualException.Kind;
import io.residual.evaluation.model.CheckpointOption;
import io.residual.training.cli.CommandRunner;
import io.residual.training.cli.KernelOption;
import io.residual.training.cli.ProjectVersion;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** The command {@code predict}. */
@Command(
        name = "predict",
        description = "Tells the classes of pictures (PNG, JPEG, WebP, BMP, GIF) by the model of a run.",
        mixinStandardHelpOptions = true,
        versionProvider = ProjectVersion.class)
public final class Main implements Callable<Integer> {
    @Option(names = "--run", paramLabel = "DIR", required = true, description = "directory of the run")
    private @Nullable Path run;

    @Mixin
    private CheckpointOption checkpoint = new CheckpointOption();

    @Option(
            names = "--format",
            paramLabel = "text|csv|jsonl",
            defaultValue = "text",
            description = "text for people, CSV, or a line of JSON for each picture; text if none is given")
    private OutputFormat format = OutputFormat.TEXT;

    @Option(
            names = "--invert",
            paramLabel = "no|yes|auto",
            defaultValue = "no",
            description = "turn pictures into their negative first: auto does where the ground is light, for networks"
                    + " that were trained on a dark ground; no if none is given")
    private InvertMode inversion = InvertMode.NO;

    @Mixin
    private KernelOption kernels = new KernelOption();

    @Parameters(
            paramLabel = "IMAGE",
            arity = "1..*",
            description =
                    "files; folders, for all pictures in them; - for a list of files on standard input, a line each")
    private List<String> images = List.of();

    @Spec
    private @Nullable CommandSpec command;

    public static void main(String[] args) {
        System.exit(CommandRunner.run(new Main(), args));
    }

    @Override
    public Integer call() {
        PrintWriter out = Objects.requireNonNull(command).commandLine().getOut();
        PrintWriter err = Objects.requireNonNull(command).commandLine().getErr();
        ClassifierOptions options = ClassifierOptions.DEFAULT
                .withCheckpoint(checkpoint.choice())
                .withKernels(kernels.choice())
                .withInversion(inversion);
        // Standard input is the process's and stays open.
        BufferedReader list = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        try (Classifier classifier = Classifier.open(Objects.requireNonNull(run), options)) {
            FilePredictor predictions =
                    new FilePredictor(classifier, inversion, format.writer(out, classifier.classNames()), err);
            new PictureFiles(list).forEach(images, predictions);
            return predictions.end().code();
        } catch (IOException e) {
            throw new ResidualException(
                    Kind.BAD_DATA, "standard input cannot be read (" + e.getMessage() + "): is it a list of files?", e);
        }
    }
}
