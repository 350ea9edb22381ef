package io.residual.evaluation;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.residual.core.files.AtomicFile;
import io.residual.training.CommandException;
import io.residual.training.ExitStatus;
import io.residual.training.console.CommandRunner;
import io.residual.training.console.ProjectVersion;
import io.residual.training.data.Split;
import io.residual.training.network.KernelChoice;
import io.residual.training.run.Backend;
import io.residual.training.run.Checkpoint;
import io.residual.training.run.RunDirectory;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
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
            paramLabel = "test|validation",
            defaultValue = "test",
            description = "images to judge it on; test if none is given")
    private @Nullable String split;

    @Option(
            names = "--checkpoint",
            paramLabel = "last|best",
            defaultValue = "last",
            description = "the model after the last epoch, or after the one that did best on validation; last if none"
                    + " is given")
    private @Nullable String checkpoint;

    @Option(
            names = "--data",
            paramLabel = "auto|sample|DIR",
            description = "where the images are; as in the run if none is given")
    private @Nullable String data;

    @Option(
            names = "--kernels",
            paramLabel = "auto|onednn|stock",
            defaultValue = "auto",
            description = "what computes the network: oneDNN, Deeplearning4j's own kernels, or whichever works")
    private KernelChoice kernels = KernelChoice.AUTO;

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
            default -> throw unknown("--split", split, "test or validation");
        };
        Checkpoint model = switch (Objects.requireNonNull(checkpoint)) {
            case "last" -> Checkpoint.LAST;
            case "best" -> Checkpoint.BEST;
            default -> throw unknown("--checkpoint", checkpoint, "last or best");
        };
        Backend.require();
        Evaluation evaluation = Evaluation.of(directory, model, judged, Optional.ofNullable(data), kernels.resolve());
        out.print(evaluation.toText());
        Path file = directory.path().resolve("evaluation-" + judged.name().toLowerCase(Locale.ROOT) + ".json");
        write(file, evaluation.toJson());
        out.println("The same as JSON: " + file);
        return ExitStatus.OK.code();
    }

    private static CommandException unknown(String option, @Nullable String value, String known) {
        return new CommandException(ExitStatus.USAGE, option + ": expected " + known + ", got '" + value + "'");
    }

    private static void write(Path file, ObjectNode json) {
        try {
            AtomicFile.write(
                    file,
                    new ObjectMapper()
                                    .enable(SerializationFeature.INDENT_OUTPUT)
                                    .writeValueAsString(json)
                            + "\n");
        } catch (IOException e) {
            throw new CommandException(
                    ExitStatus.RUN, file + ": cannot be written (" + e.getMessage() + "): is the run writable?", e);
        }
    }
}
