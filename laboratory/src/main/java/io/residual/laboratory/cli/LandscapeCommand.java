package io.residual.laboratory.cli;

import io.residual.core.ResNetSpec;
import io.residual.core.ResidualException;
import io.residual.core.ResidualException.Kind;
import io.residual.data.DataSource;
import io.residual.data.ImageSet;
import io.residual.data.Split;
import io.residual.data.StratifiedSplit;
import io.residual.laboratory.experiments.training.EtaPrinter;
import io.residual.laboratory.experiments.training.ShortTraining;
import io.residual.laboratory.experiments.training.StudiedNetwork;
import io.residual.laboratory.landscape.Landscape;
import io.residual.laboratory.landscape.LandscapeFiles;
import io.residual.laboratory.landscape.LandscapeResult;
import io.residual.laboratory.landscape.LandscapeSampler;
import io.residual.training.cli.ExitStatus;
import io.residual.training.cli.KernelOption;
import io.residual.training.cli.Progress;
import io.residual.training.cli.ProjectVersion;
import io.residual.training.cli.SettingOptions;
import io.residual.training.config.TrainingSpec;
import io.residual.training.loop.Position;
import io.residual.training.loop.TrainingListener;
import io.residual.training.network.ComputeKernels;
import io.residual.training.network.Network;
import io.residual.training.run.Backend;
import io.residual.training.run.DataSources;
import io.residual.training.run.ModelFiles;
import io.residual.training.run.RunDirectory;
import io.residual.training.run.SavedModel;
import io.residual.training.run.Versions;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.Spec;

/** The command {@code lab landscape}. */
@Command(
        name = "landscape",
        description = "Draws the training loss around trained weights, along two random directions of the length of the"
                + " filters (Li et al. 2018): of runs, or of a pair with shortcuts and without that is trained for some"
                + " steps first. Where it says VALUE, --depth and --shortcuts take several, separated by commas.",
        modelTransformer = SettingOptions.class,
        mixinStandardHelpOptions = true,
        versionProvider = ProjectVersion.class)
public final class LandscapeCommand implements Callable<Integer> {
    private static final double FARTHEST = 10;

    @Option(
            names = "--run",
            paramLabel = "DIR",
            description = "a trained run, as it is after its last epoch; may be given several times")
    private List<Path> runs = List.of();

    @Option(
            names = "--steps",
            paramLabel = "N",
            defaultValue = "150",
            description = "steps of training where no run is given (default: ${DEFAULT-VALUE})")
    private int steps = 150;

    @Option(
            names = "--grid",
            paramLabel = "N",
            defaultValue = "15",
            description = "places along each direction, an odd number (default: ${DEFAULT-VALUE})")
    private int grid = 15;

    @Option(
            names = "--reach",
            paramLabel = "X",
            defaultValue = "0.5",
            description = "how far to go, in lengths of the filters (default: ${DEFAULT-VALUE})")
    private double reach = 0.5;

    @Option(
            names = "--images",
            paramLabel = "N",
            defaultValue = "512",
            description = "training images that the loss is the mean of (default: ${DEFAULT-VALUE})")
    private int images = 512;

    @Mixin
    private KernelOption kernels = new KernelOption();

    @Option(
            names = "--out",
            paramLabel = "DIR",
            description = "directory of the page and the figures; lab/landscape if none is given")
    private Path out = Path.of("lab", "landscape");

    @Spec
    private @Nullable CommandSpec command;

    @Override
    public Integer call() {
        CommandSpec parsed = Objects.requireNonNull(command);
        requireUsable(parsed.commandLine().getParseResult());
        Backend.require();
        PrintWriter console = parsed.commandLine().getOut();
        long start = System.nanoTime();
        LandscapeFiles files = LandscapeFiles.in(out);
        List<Landscape> landscapes = runs.isEmpty() ? ofTwins(parsed, console) : ofRuns(console);
        String arguments =
                String.join(" ", parsed.commandLine().getParseResult().originalArgs());
        files.write(new LandscapeResult(landscapes, images, "./residual lab " + arguments, Versions.current()));
        console.printf(Locale.ROOT, "Surveyed in %s.%n", Progress.duration((double) (System.nanoTime() - start) / 1e9));
        console.println("Page: " + files.page());
        console.println("Figures: " + files.json() + ", " + files.csv());
        return ExitStatus.OK.code();
    }

    private void requireUsable(ParseResult given) {
        require(grid >= 3 && grid % 2 == 1, "--grid: must be odd and at least 3, got " + grid);
        require(reach > 0 && reach <= FARTHEST, "--reach: must be above 0 and at most 10, got " + reach);
        require(images >= 1, "--images: must be at least 1, got " + images);
        require(steps >= 0, "--steps: must be at least 0, got " + steps);
        for (String option : List.of("--depth", "--shortcuts", "--preset", "--steps", "--data")) {
            require(
                    runs.isEmpty() || !given.hasMatchedOption(option),
                    option + ": give it without --run: a run has its network and its images already");
        }
    }

    private static void require(boolean usable, String fault) {
        if (!usable) {
            throw new ResidualException(Kind.BAD_SETTING, fault);
        }
    }

    private List<Landscape> ofTwins(CommandSpec parsed, PrintWriter console) {
        List<TrainingSpec> specs = TwinSpecs.of(parsed);
        ComputeKernels computing = kernels.choice().resolve();
        DataSource data = DataSources.find(specs.get(0).data());
        ImageSet training = data.open(Split.TRAIN, StratifiedSplit.SEED);
        ImageSet validation = data.open(Split.VALIDATION, StratifiedSplit.SEED);
        double work = specs.stream()
                .mapToDouble(spec -> trainingWork(spec) + surveyWork(spec))
                .sum();
        EtaPrinter countdown = new EtaPrinter(console, System::nanoTime, work);
        List<Landscape> landscapes = new ArrayList<>();
        for (TrainingSpec spec : specs) {
            ResNetSpec resNet =
                    spec.resNet(training.channels(), training.classNames().size());
            Network network = ModelFiles.begin(spec, resNet, computing, line -> {});
            Steps taken = new Steps(StudiedNetwork.of(spec).name(), countdown, trainingWork(spec) / Math.max(1, steps));
            String divergence =
                    ShortTraining.run(network, spec, training, validation, taken, () -> taken.count >= steps);
            if (!divergence.isEmpty()) {
                throw new ResidualException(
                        Kind.DIVERGED, StudiedNetwork.of(spec).name() + ": " + divergence);
            }
            landscapes.add(survey(network, spec, training, taken.count + " steps", countdown));
        }
        return landscapes;
    }

    private List<Landscape> ofRuns(PrintWriter console) {
        ComputeKernels computing = kernels.choice().resolve();
        List<RunDirectory> directories = runs.stream().map(RunDirectory::open).toList();
        double work =
                directories.stream().mapToDouble(run -> surveyWork(run.spec())).sum();
        EtaPrinter countdown = new EtaPrinter(console, System::nanoTime, work);
        List<Landscape> landscapes = new ArrayList<>();
        for (RunDirectory run : directories) {
            ImageSet training = DataSources.find(run, Optional.empty()).open(Split.TRAIN, StratifiedSplit.SEED);
            Network network = ModelFiles.load(run, SavedModel.LAST, computing);
            landscapes.add(
                    survey(network, run.spec(), training, run.epochs().size() + " epochs (" + run + ")", countdown));
        }
        return landscapes;
    }

    private Landscape survey(Network network, TrainingSpec spec, ImageSet training, String how, EtaPrinter countdown) {
        ImageSet asked = training.subset(
                IntStream.range(0, Math.min(images, training.size())).toArray());
        return new LandscapeSampler(network, spec, asked, spec.seed()).over(Landscape.places(grid, reach), how, () -> {
            countdown.done(surveyWork(spec) / grid);
            countdown.doing(StudiedNetwork.of(spec).name() + ": surveying");
        });
    }

    /** In the work of one layer on one image, forwards. */
    private double surveyWork(TrainingSpec spec) {
        return (double) grid * grid * images * spec.network().depth();
    }

    /** A backward pass is about as much as two forward ones. */
    private double trainingWork(TrainingSpec spec) {
        return 3.0 * steps * spec.optimisation().batchSize() * spec.network().depth();
    }

    private static final class Steps implements TrainingListener {
        private final String name;
        private final EtaPrinter countdown;
        private final double work;
        private int count;

        Steps(String name, EtaPrinter countdown, double work) {
            this.name = name;
            this.countdown = countdown;
            this.work = work;
        }

        @Override
        public void stepDone(Position at, int trained) {
            count++;
            countdown.done(work);
            countdown.doing(name + ": step " + count);
        }
    }
}
