package io.residual.training;

import io.residual.training.console.CommandRunner;
import io.residual.training.console.ProjectVersion;
import io.residual.training.console.TrainingOptions;
import io.residual.training.network.KernelChoice;
import io.residual.training.run.Backend;
import io.residual.training.spec.Preset;
import java.nio.file.Path;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The command {@code train}. */
@Command(
        name = "train",
        description = "Trains a residual network on images and keeps the run in a directory.",
        modelTransformer = TrainingOptions.class,
        mixinStandardHelpOptions = true,
        versionProvider = ProjectVersion.class)
public final class Main implements Callable<Integer> {
    @Option(
            names = "--run",
            paramLabel = "DIR",
            description = "directory for the run, new or empty; runs/<preset>-<time> if none is given")
    private @Nullable Path run;

    @Option(
            names = "--show-augmentation",
            paramLabel = "FILE.png",
            description = "draw some training images before and after the preset's augmentation, and do nothing else")
    private @Nullable Path augmentationSheet;

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
        CommandSpec parsed = Objects.requireNonNull(command);
        Preset preset = TrainingOptions.preset(parsed);
        if (augmentationSheet != null) {
            Backend.require();
            AugmentationSheet.write(preset.spec(), augmentationSheet);
            parsed.commandLine().getOut().println("Images before and after: " + augmentationSheet);
            return ExitStatus.OK.code();
        }
        TrainingRun.execute(
                preset,
                kernels,
                Optional.ofNullable(run),
                parsed.commandLine().getParseResult().originalArgs(),
                parsed.commandLine().getOut());
        return ExitStatus.OK.code();
    }
}
