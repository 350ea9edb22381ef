package io.residual.evaluation.predict;

import io.residual.core.ResidualException;
import io.residual.core.ResidualException.Kind;
import io.residual.core.files.IoErrors;
import io.residual.training.cli.CommandRunner;
import io.residual.training.cli.ProjectVersion;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
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
        description = "Predicts the classes of images (PNG, JPEG, WebP, BMP, GIF, TIFF) with the model of a run. Their"
                + " pixels are those that Pillow reads: colour profiles, and rotations that a camera only noted"
                + " (EXIF), are not applied.",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        optionListHeading = "%nOptions:%n",
        versionProvider = ProjectVersion.class)
public final class Main implements Callable<Integer> {
    @Mixin
    private PredictOptions options = new PredictOptions();

    @Option(
            names = "--format",
            paramLabel = "text|csv|jsonl",
            defaultValue = "text",
            description = "text for people, CSV, or a line of JSON for each image (default: ${DEFAULT-VALUE})")
    private OutputFormat format = OutputFormat.TEXT;

    @Parameters(
            paramLabel = "IMAGE",
            arity = "1..*",
            description =
                    "image files; folders, for all images in them; - for a list of files on standard input, one a line")
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
        ClassifierOptions chosen = options.classifier();
        // Standard input is the process's and stays open.
        BufferedReader list = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        try (Classifier classifier = Classifier.open(options.run(), chosen)) {
            FilePredictor predictions = new FilePredictor(
                    classifier, chosen.inversion(), format.writer(out, classifier.classNames()), out, err);
            new PictureFiles(list).forEach(images, predictions);
            return predictions.end().report(classifier.limitation(), err).code();
        } catch (IOException e) {
            throw new ResidualException(
                    Kind.BAD_DATA,
                    "standard input cannot be read (" + IoErrors.reason(e) + "): is it a list of files?",
                    e);
        }
    }
}
