package io.residual.laboratory.cli;

import io.residual.core.ResidualException;
import io.residual.core.ResidualException.Kind;
import io.residual.data.DataSource;
import io.residual.data.ImageSet;
import io.residual.data.Split;
import io.residual.data.StratifiedSplit;
import io.residual.laboratory.experiments.training.EtaPrinter;
import io.residual.laboratory.gradients.GradientStudy;
import io.residual.laboratory.gradients.MeasurementSteps;
import io.residual.laboratory.gradients.Provenance;
import io.residual.laboratory.gradients.ResultFiles;
import io.residual.laboratory.gradients.StudyResult;
import io.residual.laboratory.gradients.Trajectory;
import io.residual.training.cli.ExitStatus;
import io.residual.training.cli.KernelOption;
import io.residual.training.cli.Progress;
import io.residual.training.cli.ProjectVersion;
import io.residual.training.cli.SettingOptions;
import io.residual.training.config.DataChoice;
import io.residual.training.config.SpecFile;
import io.residual.training.config.TrainingSpec;
import io.residual.training.network.ComputeKernels;
import io.residual.training.run.Backend;
import io.residual.training.run.DataSources;
import io.residual.training.run.RunDirectory;
import io.residual.training.run.Versions;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.Spec;

/** The command {@code lab gradients}. */
@Command(
        name = "gradients",
        description = "Measures how large gradients, activations and updates are in every layer, at the start and along"
                + " training, of residual networks and of the same layers without shortcuts, and draws them on a page."
                + " Where it says VALUE, --depth and --shortcuts take several, separated by commas.",
        modelTransformer = SettingOptions.class,
        mixinStandardHelpOptions = true,
        versionProvider = ProjectVersion.class)
public final class GradientsCommand implements Callable<Integer> {
    private static final Path OUT = Path.of("lab", "gradients");

    @Option(
            names = "--steps",
            paramLabel = "N",
            description = "steps of training along which the networks are measured; if none is given, as many as take"
                    + " about a minute, and none for networks of more than 240 layers")
    private @Nullable Integer steps;

    @Option(
            names = "--batches",
            paramLabel = "N",
            defaultValue = "2",
            description = "batches that each measurement is the mean of (default: ${DEFAULT-VALUE})")
    private int batches = 2;

    @Option(
            names = "--seeds",
            paramLabel = "N",
            defaultValue = "1",
            description =
                    "networks of each kind, with the preset's seed and those after it (default: ${DEFAULT-VALUE})")
    private int seeds = 1;

    @Option(
            names = "--run",
            paramLabel = "DIR",
            description = "looks at the networks that a run has kept instead; may be given several times")
    private List<Path> runs = List.of();

    @Mixin
    private KernelOption kernels = new KernelOption();

    @Option(
            names = "--out",
            paramLabel = "DIR",
            description = "directory of the page and the figures; lab/gradients if none is given")
    private Path out = OUT;

    @Spec
    private @Nullable CommandSpec command;

    @Override
    public Integer call() {
        CommandSpec parsed = Objects.requireNonNull(command);
        requireAtLeast("--batches", 1, batches);
        requireAtLeast("--seeds", 1, seeds);
        if (steps != null) {
            requireAtLeast("--steps", 0, steps);
        }
        PrintWriter console = parsed.commandLine().getOut();
        Backend.require();
        ResultFiles files = ResultFiles.in(out);
        long start = System.nanoTime();
        StudyResult result = runs.isEmpty() ? ofSpecs(parsed, console) : ofRuns(parsed, console);
        files.write(result);
        console.printf(Locale.ROOT, "Measured in %s.%n", Progress.duration((double) (System.nanoTime() - start) / 1e9));
        console.println("Page: " + files.page());
        console.println("Figures: " + files.json() + " and the .csv files beside it");
        return ExitStatus.OK.code();
    }

    private static void requireAtLeast(String option, int least, int value) {
        if (value < least) {
            throw new ResidualException(Kind.BAD_SETTING, option + ": must be at least " + least + ", got " + value);
        }
    }

    private StudyResult ofSpecs(CommandSpec parsed, PrintWriter console) {
        List<TrainingSpec> specs = specs(parsed);
        TrainingSpec first = specs.get(0);
        ComputeKernels computing = kernels.choice().resolve();
        DataSource data = DataSources.find(first.data());
        ImageSet training = data.open(Split.TRAIN, StratifiedSplit.SEED);
        double work = specs.stream()
                .mapToDouble(spec -> GradientStudy.work(spec, moments(spec), batches))
                .sum();
        GradientStudy study = new GradientStudy(
                computing,
                training,
                data.open(Split.VALIDATION, StratifiedSplit.SEED),
                batches,
                new EtaPrinter(console, System::nanoTime, work));
        List<Trajectory> trajectories = new ArrayList<>();
        for (TrainingSpec spec : specs) {
            trajectories.add(study.train(spec, moments(spec)));
        }
        return new StudyResult(trajectories, origin(parsed, computing, data, training, first));
    }

    private MeasurementSteps moments(TrainingSpec spec) {
        return steps == null ? MeasurementSteps.forDepth(spec.network().depth()) : new MeasurementSteps(steps);
    }

    private List<TrainingSpec> specs(CommandSpec parsed) {
        List<TrainingSpec> twins = TwinSpecs.of(parsed);
        List<TrainingSpec> all = new ArrayList<>();
        for (int seed = 0; seed < seeds; seed++) {
            for (TrainingSpec spec : twins) {
                all.add(spec.withSeed(spec.seed() + seed));
            }
        }
        return all;
    }

    private StudyResult ofRuns(CommandSpec parsed, PrintWriter console) {
        ParseResult given = parsed.commandLine().getParseResult();
        for (String option : List.of("--depth", "--shortcuts", "--preset", "--steps", "--seeds")) {
            if (given.hasMatchedOption(option)) {
                throw new ResidualException(
                        Kind.BAD_SETTING, option + ": give it without --run: a run has its network already");
            }
        }
        ComputeKernels computing = kernels.choice().resolve();
        List<Trajectory> trajectories = new ArrayList<>();
        Optional<Provenance> origin = Optional.empty();
        for (Path path : runs) {
            RunDirectory run = RunDirectory.open(path);
            Optional<DataChoice> choice = given.hasMatchedOption("--data")
                    ? Optional.of(SettingOptions.preset(parsed, TwinSpecs.PRESET)
                            .spec()
                            .data()
                            .source())
                    : Optional.empty();
            DataSource data = DataSources.find(run, choice);
            ImageSet training = data.open(Split.TRAIN, StratifiedSplit.SEED);
            EtaPrinter progress = new EtaPrinter(console, System::nanoTime, 0);
            trajectories.add(new GradientStudy(computing, training, training, batches, progress).checkpoints(run));
            origin = Optional.of(origin.orElse(origin(parsed, computing, data, training, run.spec())));
        }
        return new StudyResult(trajectories, origin.orElseThrow());
    }

    private Provenance origin(
            CommandSpec parsed, ComputeKernels computing, DataSource data, ImageSet training, TrainingSpec first) {
        return new Provenance(
                "./residual lab "
                        + String.join(" ", parsed.commandLine().getParseResult().originalArgs()),
                batches,
                data.origin().describe(),
                training.digests(),
                computing.describe(first.optimisation().precision()),
                Versions.current(),
                SpecFile.write(first));
    }
}
