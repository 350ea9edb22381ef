package io.residual.evaluation.predict;

import io.residual.core.ResidualException;
import io.residual.core.ResidualException.Kind;
import io.residual.core.files.IoErrors;
import io.residual.evaluation.cli.CertaintyOptions;
import io.residual.evaluation.cli.InferenceOptions;
import io.residual.evaluation.cli.PictureLimitOptions;
import io.residual.training.cli.CommandRunner;
import io.residual.training.cli.ExitStatus;
import io.residual.training.cli.ProjectVersion;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
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
    @Option(
            names = "--run",
            paramLabel = "DIR",
            required = true,
            description = "directory of the run, or of an ensemble")
    private @Nullable Path run;

    @Option(
            names = "--format",
            paramLabel = "text|csv|jsonl",
            defaultValue = "text",
            description = "text for people, CSV, or a line of JSON for each image (default: ${DEFAULT-VALUE})")
    private OutputFormat format = OutputFormat.TEXT;

    @Option(
            names = "--invert",
            paramLabel = "no|yes|auto",
            defaultValue = "no",
            description =
                    "invert images before the prediction; auto inverts those with a light background, for networks"
                            + " that were trained on a dark one (default: ${DEFAULT-VALUE})")
    private InvertMode inversion = InvertMode.NO;

    @ArgGroup(validate = false, heading = InferenceOptions.HEADING)
    private InferenceOptions model = new InferenceOptions();

    @ArgGroup(validate = false, heading = CertaintyOptions.HEADING)
    private CertaintyOptions certainty = new CertaintyOptions();

    @ArgGroup(validate = false, heading = PictureLimitOptions.HEADING)
    private PictureLimitOptions limits = new PictureLimitOptions();

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
        ClassifierOptions options = ClassifierOptions.DEFAULT
                .withCheckpoint(model.choice())
                .withKernels(model.kernels())
                .withPrecision(model.precision())
                .withInversion(inversion)
                .withCoverage(certainty.coverage())
                .withAbstainBelow(certainty.abstainBelow())
                .withLimits(limits.limits());
        // Standard input is the process's and stays open.
        BufferedReader list = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        try (Classifier classifier = Classifier.open(Objects.requireNonNull(run), options)) {
            FilePredictor predictions =
                    new FilePredictor(classifier, inversion, format.writer(out, classifier.classNames()), out, err);
            new PictureFiles(list).forEach(images, predictions);
            FilePredictor.Counts counts = predictions.end();
            if (counts.predicted() > 0) {
                classifier.limitation().ifPresent(text -> err.println("note: " + text));
            }
            if (counts.withLightBackground() > 0) {
                err.println(String.format(
                        Locale.ROOT,
                        "note: %,d of %,d have a light background: --invert auto inverts them, if the network was"
                                + " trained on a dark background like Fashion-MNIST's",
                        counts.withLightBackground(),
                        counts.predicted()));
            }
            if (counts.failed() == 0) {
                return ExitStatus.OK.code();
            }
            err.println(String.format(
                    Locale.ROOT,
                    "error: %,d of %,d could not be read",
                    counts.failed(),
                    counts.failed() + counts.predicted()));
            return ExitStatus.of(Kind.BAD_DATA).code();
        } catch (IOException e) {
            throw new ResidualException(
                    Kind.BAD_DATA,
                    "standard input cannot be read (" + IoErrors.reason(e) + "): is it a list of files?",
                    e);
        }
    }
}
