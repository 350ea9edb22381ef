package io.residual.spark.predict;

import io.residual.core.ResidualException;
import io.residual.core.ResidualException.Kind;
import io.residual.core.files.IoErrors;
import io.residual.evaluation.predict.Classifier;
import io.residual.evaluation.predict.ClassifierOptions;
import io.residual.evaluation.predict.PredictOptions;
import io.residual.evaluation.predict.PredictionCounts;
import io.residual.spark.cluster.ClusterOptions;
import io.residual.spark.cluster.ClusterSession;
import io.residual.training.cli.ProjectVersion;
import io.residual.training.run.RunDirectory;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** The command {@code predict} on a cluster. */
@Command(
        name = "predict",
        description = "Predicts the classes of the images of folders and tables with the model of a run, on a Spark"
                + " cluster. Repeating the command resumes it: parts that are complete are reused.",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        optionListHeading = "%nOptions:%n",
        versionProvider = ProjectVersion.class)
public final class PredictCommand implements Callable<Integer> {
    private static final String LIST = "-";
    /** Executors come and go on shared clusters. */
    private static final int TASK_FAILURES = 4;

    @Mixin
    private PredictOptions options = new PredictOptions();

    @Option(
            names = "--out",
            paramLabel = "FOLDER",
            required = true,
            description = "folder for the predictions, which all machines see: a mounted one, hdfs:, s3a:")
    private String out = "";

    @Option(
            names = "--format",
            paramLabel = "jsonl|parquet",
            defaultValue = "jsonl",
            description = "a line of JSON or a row of a Parquet file for each image (default: ${DEFAULT-VALUE})")
    private PartFormat format = PartFormat.JSONL;

    @ArgGroup(exclusive = false, multiplicity = "1", heading = ClusterOptions.HEADING)
    private ClusterOptions cluster = new ClusterOptions();

    @Parameters(
            paramLabel = "IMAGE",
            arity = "1..*",
            description = "image files, Parquet files with a column of such files, IDX files, and folders with any of"
                    + " them, on any file system of Hadoop; - for a list on standard input, one a line")
    private List<String> images = List.of();

    @Spec
    private @Nullable CommandSpec command;

    @Override
    public Integer call() {
        PrintWriter console = Objects.requireNonNull(command).commandLine().getOut();
        PrintWriter err = Objects.requireNonNull(command).commandLine().getErr();
        ClassifierOptions chosen = options.classifier();
        // What is wrong with the model is found out before a cluster is asked for machines.
        Optional<String> limitation;
        try (Classifier classifier = Classifier.open(options.run(), chosen)) {
            limitation = classifier.limitation();
        }
        PackedModel model = PackedModel.of(RunDirectory.open(options.run()), chosen.checkpoint());
        long start = System.nanoTime();
        try (ClusterSession session =
                ClusterSession.start(cluster, new ClusterSession.Settings("residual predict", 1, TASK_FAILURES))) {
            PredictionCounts counts = new ClusterPrediction(session, note -> err.println("note: " + note))
                    .run(new ClusterPrediction.Request(model, ClassifierSettings.of(chosen), format), arguments(), out);
            double seconds = (System.nanoTime() - start) / 1e9;
            console.printf(
                    Locale.ROOT,
                    "Predictions of %,d images in %.1f s: %s%n",
                    counts.predicted() + counts.failed(),
                    seconds,
                    out);
            return counts.report(limitation, err).code();
        }
    }

    private List<String> arguments() {
        return images.stream()
                .flatMap(image -> image.equals(LIST) ? standardInput().stream() : Stream.of(image))
                .toList();
    }

    /** It is the process's and stays open. */
    private static List<String> standardInput() {
        BufferedReader list = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        List<String> lines = new ArrayList<>();
        try {
            for (String line = list.readLine(); line != null; line = list.readLine()) {
                if (!line.isBlank()) {
                    lines.add(line);
                }
            }
        } catch (IOException e) {
            throw new ResidualException(
                    Kind.BAD_DATA,
                    "standard input cannot be read (" + IoErrors.reason(e) + "): is it a list of files?",
                    e);
        }
        return lines;
    }
}
