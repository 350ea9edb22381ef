package io.residual.training.cli;

import io.residual.core.ResidualException;
import io.residual.core.ResidualException.Kind;
import io.residual.data.DataSource;
import io.residual.data.Split;
import io.residual.training.SeedRuns;
import io.residual.training.Trainer;
import io.residual.training.TrainingResult;
import io.residual.training.TrainingResult.Outcome;
import io.residual.training.config.DataSpec;
import io.residual.training.config.OptimisationSpec;
import io.residual.training.config.Preset;
import io.residual.training.loop.RateCurve;
import io.residual.training.loop.WorkerGroup;
import io.residual.training.network.ComputeKernels;
import io.residual.training.run.Backend;
import io.residual.training.run.DataSources;
import io.residual.training.run.RunDatasets;
import io.residual.training.run.RunDirectory;
import io.residual.training.run.SeedSummary;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The command {@code train}. */
@Command(
        name = "train",
        description =
                "Trains a residual network on images, and saves model, metrics and checkpoints in a run directory.",
        modelTransformer = SettingOptions.class,
        mixinStandardHelpOptions = true,
        versionProvider = ProjectVersion.class)
public class Main implements Callable<Integer> {
    private static final Path RUNS = Path.of("runs");
    private static final double MIN_MINUTES = 1e-6;
    private static final double MAX_MINUTES = 1e6;

    @Option(
            names = "--run",
            paramLabel = "DIR",
            description = "directory of the run: a new or empty one, or that of an interrupted run with the same"
                    + " settings, which is resumed (default: runs/PRESET-TIME)")
    private @Nullable Path run;

    @Option(
            names = "--show-augmentation",
            paramLabel = "FILE.png",
            description =
                    "only draw some training images before and after augmentation, without training (default: train)")
    private @Nullable Path augmentationSheet;

    @Option(
            names = "--seeds",
            paramLabel = "SEEDS",
            description = "number of consecutive seeds to train, from --seed on, with their mean accuracy and its"
                    + " standard deviation (default: one run)")
    private @Nullable Integer seeds;

    @Option(
            names = "--folds",
            paramLabel = "FOLDS",
            description = "number of parts of the training images, each predicted by a network that is trained on the"
                    + " others; the networks are then evaluated and used together, as an ensemble (default: one run,"
                    + " with images held back for validation)")
    private @Nullable Integer folds;

    @Option(
            names = "--plot-schedule",
            paramLabel = "FILE.svg",
            description = "only draw the learning rate over the epochs, without training (default: train)")
    private @Nullable Path schedulePlot;

    @Option(
            names = "--find-learning-rate",
            paramLabel = "FILE.svg",
            description = "only train 200 steps with a rising learning rate, draw the loss, and suggest a learning rate"
                    + " (default: train)")
    private @Nullable Path ratePlot;

    @Mixin
    private DeviceOption device = new DeviceOption();

    @Mixin
    private KernelOption kernels = new KernelOption();

    @Mixin
    private ForecastOptions forecast = new ForecastOptions();

    @Option(
            names = "--trial",
            paramLabel = "DIR",
            description =
                    "repeat a trial of a sweep, such as sweep/17, with its settings in place of a preset's (default:"
                            + " none)")
    private @Nullable Path trial;

    @Option(
            names = "--resume",
            description =
                    "resume the run in --run with its own settings (default: a run in --run needs the same options)")
    private boolean resume;

    @Option(
            names = "--stop-after",
            paramLabel = "EPOCH",
            description = "stop after this epoch, counted from 1; --resume continues (default: the last epoch)")
    private @Nullable Integer stopAfter;

    @Option(
            names = "--checkpoint-minutes",
            paramLabel = "MINUTES",
            defaultValue = "10",
            description = "maximum time between two checkpoints within an epoch; every epoch ends with one"
                    + " (default: ${DEFAULT-VALUE})")
    private double checkpointMinutes = 10;

    @Spec
    private @Nullable CommandSpec command;

    public static void main(String[] args) {
        System.exit(CommandRunner.run(new Main(), args));
    }

    @Override
    public Integer call() {
        CommandSpec parsed = Objects.requireNonNull(command);
        Preset preset = preset(parsed);
        requireOptions();
        PrintWriter out = parsed.commandLine().getOut();
        List<Path> pictures = Stream.of(schedulePlot, ratePlot, augmentationSheet)
                .filter(Objects::nonNull)
                .toList();
        int instead = pictures.size() + (forecast.isDryRun() ? 1 : 0);
        if (instead > 1 || (instead > 0 && (seeds != null || folds != null || stopAfter != null))) {
            throw new ResidualException(
                    Kind.BAD_SETTING,
                    "--plot-schedule, --find-learning-rate, --show-augmentation and --dry-run train no run: give one of"
                            + " them alone, without --seeds, --folds and --stop-after");
        }
        if (folds != null && (seeds != null || stopAfter != null || resume || ForecastOptions.findsBatchSize(parsed))) {
            throw new ResidualException(
                    Kind.BAD_SETTING,
                    "--folds: give no --seeds, --stop-after, --resume or --batch-size auto; repeating the command"
                            + " resumes it");
        }
        device.requireAlone();
        pictures.forEach(OutputFile::requireWritable);
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
        return train(preset, parsed, out).code();
    }

    /** Workers in other processes that take the steps, if there are; the same at each call. */
    protected Optional<WorkerGroup> workers() {
        return Optional.empty();
    }

    /** What a run needs besides {@code --run} to resume as it is trained now, for the command that is printed. */
    protected List<String> resumeOptions() {
        return List.of();
    }

    private ExitStatus train(Preset given, CommandSpec parsed, PrintWriter out) {
        List<String> arguments = parsed.commandLine().getParseResult().originalArgs();
        if (folds != null) {
            Trainer folded = trainer(given, arguments);
            return FoldTraining.run(folded, folds, () -> run == null ? newRun(folded) : run, out);
        }
        Images images =
                Backend.requireWhile(kernels.choice(), () -> images(given.spec().data()));
        RunDatasets data = images.data();
        boolean isNew = !isStarted();
        if (isNew || forecast.isDryRun()) {
            trainer(given, arguments).requireFits(data);
        }
        boolean findsBatch = isNew && ForecastOptions.findsBatchSize(parsed);
        boolean onGpu = !findsBatch && !forecast.isDryRun() && onGpu(trainer(given, arguments), data);
        Preset preset = given;
        if (!onGpu && workers().isEmpty()) {
            ComputeKernels used = kernels.choice().resolve();
            if (findsBatch) {
                preset = new Preset(given.name(), forecast.largestBatch(given.spec(), data, used, out));
            } else {
                forecast.requireFits(preset.spec(), data, used);
            }
            if (forecast.isDryRun()) {
                forecast.print(preset.spec(), data, used, run == null ? RUNS : run, out);
                return ExitStatus.OK;
            }
        }
        Trainer trainer = trainer(preset, arguments);
        Path directory = run == null ? newRun(trainer) : run;
        return seeds == null
                ? train(trainer.directory(directory), images, out)
                : trainSeeds(trainer, seeds, directory, data, out);
    }

    private boolean onGpu(Trainer trainer, RunDatasets data) {
        return (run == null ? trainer : trainer.directory(run)).usesGpu(data);
    }

    private boolean isStarted() {
        return run != null && RunDirectory.isStarted(run);
    }

    /**
     * The images to train on.
     *
     * @param haveTest whether there are test images beside them; found out before the training, whose end must not depend on
     *     the images being there still
     */
    private record Images(RunDatasets data, boolean haveTest) {
        static Images of(DataSource source) {
            return new Images(RunDatasets.of(source), source.has(Split.TEST));
        }
    }

    private Images images(DataSpec spec) {
        if (run == null || !isStarted()) {
            return Images.of(DataSources.find(spec));
        }
        try {
            return Images.of(DataSources.toResume(RunDirectory.open(run), spec));
        } catch (ResidualException e) {
            throw e.kind() == Kind.BAD_DATA ? e.withHint("--data names the new place of images that were moved") : e;
        }
    }

    private static Path newRun(Trainer trainer) {
        return RunDirectory.createUnder(RUNS, trainer.preset(), LocalDateTime.now(ZoneId.systemDefault()))
                .path();
    }

    private ExitStatus train(Trainer trainer, Images images, PrintWriter out) {
        TrainingResult result = ForegroundTraining.run(trainer, images.data());
        RunDirectory run = result.directory().orElseThrow();
        String word = ShellWord.of(run.path());
        String options = resumeOptions().stream()
                .map(option -> ShellWord.of(option) + " ")
                .collect(Collectors.joining());
        String resume = " Resume with: ./residual train " + options + "--resume --run " + word;
        if (result.outcome() == Outcome.INTERRUPTED) {
            out.println("Saved at " + result.end().describe() + "." + resume);
            return ExitStatus.INTERRUPTED;
        }
        OptimisationSpec spec = trainer.spec().optimisation();
        if (result.outcome() == Outcome.STOPPED_EARLY) {
            out.println("Stopped early: " + spec.monitor().description() + " has not improved for " + spec.patience()
                    + " epochs");
        } else if (result.outcome() == Outcome.STOPPED_AFTER_EPOCH) {
            out.println("Stopped after epoch " + result.end().epochs() + " of " + spec.epochs() + "." + resume);
        }
        out.println("Model and metrics: " + run);
        out.println("Evaluate it on the " + (images.haveTest() ? "test" : "validation")
                + " images: ./residual evaluate " + (images.haveTest() ? "" : "--split validation ") + "--run " + word);
        return ExitStatus.OK;
    }

    private static ExitStatus trainSeeds(
            Trainer trainer, int count, Path directory, RunDatasets data, PrintWriter out) {
        if (count < 1) {
            throw new ResidualException(Kind.BAD_SETTING, "--seeds: expected a number of at least 1, got " + count);
        }
        Optional<SeedSummary> summary =
                SeedRuns.train(trainer, count, directory, each -> ForegroundTraining.run(each, data));
        if (summary.isEmpty()) {
            out.println("Saved. Resume by repeating the command with --run " + ShellWord.of(directory));
            return ExitStatus.INTERRUPTED;
        }
        out.printf(
                Locale.ROOT,
                "Validation accuracy of %d seed%s: mean %.4f, standard deviation %s%nRuns and summary: %s%n",
                count,
                count == 1 ? "" : "s",
                summary.get().meanAccuracy(),
                count < 2
                        ? "n/a"
                        : String.format(Locale.ROOT, "%.4f", summary.get().deviation()),
                directory);
        return ExitStatus.OK;
    }

    private Preset preset(CommandSpec parsed) {
        if (trial != null) {
            if (resume || parsed.commandLine().getParseResult().hasMatchedOption("--preset")) {
                throw new ResidualException(
                        Kind.BAD_SETTING, "--trial: give no --preset and no --resume: the trial has its spec");
            }
            RecordedTrial recorded = new RecordedTrial(trial);
            recorded.note().ifPresent(note -> parsed.commandLine().getErr().println(note));
            return ForecastOptions.preset(parsed, recorded.specFile().toString(), run);
        }
        return ForecastOptions.preset(
                parsed, resume ? runToResume().specFile().toString() : SettingOptions.DEFAULT_PRESET, run);
    }

    private RunDirectory runToResume() {
        if (run == null) {
            throw new ResidualException(Kind.BAD_SETTING, "--resume: name the run to resume: --run DIR");
        }
        return RunDirectory.open(run);
    }

    private void requireOptions() {
        if (!(checkpointMinutes >= MIN_MINUTES && checkpointMinutes <= MAX_MINUTES)) {
            throw new ResidualException(
                    Kind.BAD_SETTING,
                    "--checkpoint-minutes: expected a number from 1e-6 to 1e6, got " + checkpointMinutes);
        }
        if (stopAfter != null && stopAfter < 1) {
            throw new ResidualException(
                    Kind.BAD_SETTING, "--stop-after: expected an epoch, counted from 1, got " + stopAfter);
        }
    }

    private Trainer trainer(Preset preset, List<String> arguments) {
        Trainer alone = device.on(Trainer.of(preset))
                .kernels(kernels.choice())
                .arguments(arguments)
                .checkpointEvery(Duration.ofNanos(Math.round(checkpointMinutes * TimeUnit.MINUTES.toNanos(1))));
        Trainer trainer = workers().map(alone::workers).orElse(alone);
        return stopAfter == null ? trainer : trainer.stopAfter(stopAfter);
    }
}
