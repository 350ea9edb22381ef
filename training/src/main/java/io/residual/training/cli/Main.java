package io.residual.training.cli;

import io.residual.core.ResidualException;
import io.residual.core.ResidualException.Kind;
import io.residual.training.OnDivergence;
import io.residual.training.SeedRuns;
import io.residual.training.TrainOptions;
import io.residual.training.TrainingRun;
import io.residual.training.config.Preset;
import io.residual.training.loop.RateCurve;
import io.residual.training.run.Backend;
import io.residual.training.run.RunDirectory;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The command {@code train}. */
@Command(
        name = "train",
        description = "Trains a residual network on images and keeps the run in a directory.",
        modelTransformer = SettingOptions.class,
        mixinStandardHelpOptions = true,
        versionProvider = ProjectVersion.class)
public final class Main implements Callable<Integer> {
    @Option(
            names = "--run",
            paramLabel = "DIR",
            description =
                    "directory of the run: a new or empty one, or that of an interrupted run of the same settings,"
                            + " which goes on; runs/<preset>-<time> if none is given")
    private @Nullable Path run;

    @Option(
            names = "--show-augmentation",
            paramLabel = "FILE.png",
            description = "draw some training images before and after the preset's augmentation, and do nothing else")
    private @Nullable Path augmentationSheet;

    @Option(
            names = "--seeds",
            paramLabel = "N",
            description = "trains N times, with the preset's seed and those after it, and tells mean and deviation")
    private @Nullable Integer seeds;

    @Option(
            names = "--plot-schedule",
            paramLabel = "FILE.svg",
            description = "draw the learning rate over the epochs, and do nothing else")
    private @Nullable Path schedulePlot;

    @Option(
            names = "--find-learning-rate",
            paramLabel = "FILE.svg",
            description = "train 200 steps with a rising learning rate, draw the loss, suggest a rate, and keep no run")
    private @Nullable Path ratePlot;

    @Mixin
    private KernelOption kernels = new KernelOption();

    @Option(
            names = "--trial",
            paramLabel = "DIR",
            description = "repeats a trial of a sweep, such as sweep/17: its spec is the preset")
    private @Nullable Path trial;

    @Option(names = "--resume", description = "goes on with the run in --run, with the settings that it began with")
    private boolean resume;

    @Option(
            names = "--stop-after",
            paramLabel = "EPOCH",
            description = "ends the command after this epoch of the schedule; --resume goes on")
    private @Nullable Integer stopAfter;

    @Option(
            names = "--checkpoint-minutes",
            paramLabel = "N",
            defaultValue = "10",
            description = "most time between two checkpoints within an epoch; every epoch ends with one"
                    + " (default: ${DEFAULT-VALUE})")
    private double checkpointMinutes = 10;

    @Option(
            names = "--on-divergence",
            paramLabel = "stop|rollback",
            defaultValue = "stop",
            description =
                    "when the loss is no number, or stays high: end, or go back to the last checkpoint and on with"
                            + " half the learning rate (default: ${DEFAULT-VALUE})")
    private OnDivergence onDivergence = OnDivergence.STOP;

    @Spec
    private @Nullable CommandSpec command;

    public static void main(String[] args) {
        System.exit(CommandRunner.run(new Main(), args));
    }

    @Override
    public Integer call() {
        CommandSpec parsed = Objects.requireNonNull(command);
        TrainOptions options = options();
        Preset preset = preset(parsed);
        PrintWriter out = parsed.commandLine().getOut();
        if (schedulePlot != null) {
            RatePlots.plotSchedule(preset.spec(), schedulePlot);
            out.println("Learning rate over the epochs: " + schedulePlot);
            return ExitStatus.OK.code();
        }
        if (ratePlot != null) {
            RateCurve curve = RatePlots.findRate(preset.spec(), kernels.choice(), ratePlot);
            out.printf(
                    Locale.ROOT,
                    "Loss falls fastest at %.3g and is lowest at %.3g. Try: --learning-rate %.2g%nThe curve: %s%n",
                    curve.steepest(),
                    curve.lowest(),
                    curve.suggestion(),
                    ratePlot);
            return ExitStatus.OK.code();
        }
        if (augmentationSheet != null) {
            Backend.require();
            AugmentationSheet.write(preset.spec(), augmentationSheet);
            out.println("Images before and after: " + augmentationSheet);
            return ExitStatus.OK.code();
        }
        List<String> arguments = parsed.commandLine().getParseResult().originalArgs();
        return (seeds == null
                        ? TrainingRun.execute(preset, options, arguments, out)
                        : SeedRuns.execute(preset, options, seeds, arguments, out))
                .code();
    }

    private Preset preset(CommandSpec parsed) {
        if (trial != null) {
            if (resume || parsed.commandLine().getParseResult().hasMatchedOption("--preset")) {
                throw new ResidualException(
                        Kind.BAD_SETTING, "--trial: give no --preset and no --resume: the trial has its spec");
            }
            RecordedTrial recorded = new RecordedTrial(trial);
            recorded.note().ifPresent(note -> parsed.commandLine().getErr().println(note));
            return SettingOptions.preset(parsed, recorded.specFile().toString());
        }
        return resume
                ? SettingOptions.preset(parsed, runToResume().specFile().toString())
                : SettingOptions.preset(parsed);
    }

    private RunDirectory runToResume() {
        if (run == null) {
            throw new ResidualException(Kind.BAD_SETTING, "--resume: name the run to go on with: --run DIR");
        }
        return RunDirectory.open(run);
    }

    private TrainOptions options() {
        return new TrainOptions(
                kernels.choice(),
                Optional.ofNullable(run),
                TrainOptions.minutes(checkpointMinutes),
                stopAfter == null ? OptionalInt.empty() : OptionalInt.of(stopAfter),
                onDivergence);
    }
}
