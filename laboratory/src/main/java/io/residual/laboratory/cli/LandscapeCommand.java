package io.residual.laboratory.cli;

import io.residual.core.ResidualException;
import io.residual.data.ImageSet;
import io.residual.data.Split;
import io.residual.data.StratifiedSplit;
import io.residual.laboratory.experiments.training.EtaPrinter;
import io.residual.laboratory.experiments.training.StudiedNetwork;
import io.residual.laboratory.landscape.Landscape;
import io.residual.laboratory.landscape.LandscapeResult;
import io.residual.laboratory.landscape.LandscapeSampler;
import io.residual.training.Trainer;
import io.residual.training.cli.ExitStatus;
import io.residual.training.cli.ProjectVersion;
import io.residual.training.config.TrainingSpec;
import io.residual.training.loop.Position;
import io.residual.training.loop.TrainingListener;
import io.residual.training.network.ComputeKernels;
import io.residual.training.network.Network;
import io.residual.training.run.DataSources;
import io.residual.training.run.ModelFiles;
import io.residual.training.run.RunDatasets;
import io.residual.training.run.RunDirectory;
import io.residual.training.run.SavedModel;
import io.residual.training.run.Versions;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The command {@code lab landscape}. */
@Command(
        name = "landscape",
        description = "Draws the training loss around trained weights, along two random directions of the length of"
                + " the filters (Li et al. 2018): of runs, or of networks with and without shortcuts that are trained for"
                + " some steps first. --depth and --shortcuts take several values, separated by commas.",
        modelTransformer = TwinSpecs.TrainingOptions.class,
        mixinStandardHelpOptions = true,
        versionProvider = ProjectVersion.class)
public final class LandscapeCommand implements Callable<Integer> {
    private static final double MAX_REACH = 10;

    @Option(
            names = "--steps",
            paramLabel = "STEPS",
            defaultValue = "150",
            description = "steps of training, without --run (default: ${DEFAULT-VALUE})")
    private int steps = 150;

    @Option(
            names = "--grid",
            paramLabel = "POINTS",
            defaultValue = "15",
            description = "points along each direction, an odd number (default: ${DEFAULT-VALUE})")
    private int grid = 15;

    @Option(
            names = "--reach",
            paramLabel = "LENGTHS",
            defaultValue = "0.5",
            description = "largest distance, in lengths of the filters (default: ${DEFAULT-VALUE})")
    private double reach = 0.5;

    @Option(
            names = "--images",
            paramLabel = "IMAGES",
            defaultValue = "512",
            description = "training images to average the loss over (default: ${DEFAULT-VALUE})")
    private int images = 512;

    @Mixin
    private StudyOptions study = new StudyOptions();

    @Override
    public Integer call() {
        StudyOptions.require(grid >= 3 && grid % 2 == 1, "--grid: must be odd and at least 3, got " + grid);
        StudyOptions.require(reach > 0 && reach <= MAX_REACH, "--reach: must be above 0 and at most 10, got " + reach);
        StudyOptions.requireAtLeast("--images", 1, images);
        StudyOptions.requireAtLeast("--steps", 0, steps);
        study.requireWithoutRun(
                "its network and its images", List.of("--depth", "--shortcuts", "--preset", "--steps", "--data"));
        study.run(
                files -> new LandscapeResult(
                                study.ofRuns() ? ofRuns() : ofTwins(), images, study.typed(), Versions.current())
                        .write(files),
                LandscapeResult.PAGE,
                LandscapeResult.JSON);
        return ExitStatus.OK.code();
    }

    private List<Landscape> ofTwins() {
        List<TrainingSpec> specs = TwinSpecs.of(study.command());
        RunDatasets data = RunDatasets.find(specs.get(0).data());
        double work = specs.stream()
                .mapToDouble(spec -> trainingWork(spec) + samplingWork(spec))
                .sum();
        EtaPrinter progress = study.progress(work);
        List<Landscape> landscapes = new ArrayList<>();
        for (TrainingSpec spec : specs) {
            String name = StudiedNetwork.of(spec).name();
            AtomicInteger taken = new AtomicInteger();
            TrainingListener counter = new TrainingListener() {
                @Override
                public void stepDone(Position at, int trained) {
                    progress.finished(trainingWork(spec) / steps);
                    progress.starting(name + ": step " + taken.incrementAndGet());
                }
            };
            Network network;
            try {
                network = Trainer.of(spec)
                        .kernels(study.kernelChoice())
                        .listener(counter)
                        .stopWhen(() -> taken.get() >= steps)
                        .train(data)
                        .network();
            } catch (ResidualException e) {
                throw e.withHint("this was " + name);
            }
            landscapes.add(sample(network, spec, data.train(), taken + " steps", progress));
        }
        return landscapes;
    }

    private List<Landscape> ofRuns() {
        ComputeKernels kernels = study.kernelChoice().resolve();
        List<RunDirectory> directories = study.runs();
        double work = directories.stream()
                .mapToDouble(run -> samplingWork(run.spec()))
                .sum();
        EtaPrinter progress = study.progress(work);
        List<Landscape> landscapes = new ArrayList<>();
        for (RunDirectory run : directories) {
            ImageSet training = DataSources.find(run, Optional.empty()).open(Split.TRAIN, StratifiedSplit.SEED);
            Network network = ModelFiles.load(run, SavedModel.LAST, kernels);
            landscapes.add(
                    sample(network, run.spec(), training, run.epochs().size() + " epochs (" + run + ")", progress));
        }
        return landscapes;
    }

    private Landscape sample(Network network, TrainingSpec spec, ImageSet training, String how, EtaPrinter progress) {
        ImageSet chosen = training.subset(
                IntStream.range(0, Math.min(images, training.size())).toArray());
        return new LandscapeSampler(network, spec, chosen, spec.seed()).over(Landscape.places(grid, reach), how, () -> {
            progress.finished(samplingWork(spec) / grid);
            progress.starting(StudiedNetwork.of(spec).name() + ": sampling the loss");
        });
    }

    /** In the work of one layer on one image, forwards. */
    private double samplingWork(TrainingSpec spec) {
        return (double) grid * grid * images * spec.network().depth();
    }

    /** A backward pass is about as much as two forward ones. */
    private double trainingWork(TrainingSpec spec) {
        return 3.0 * steps * spec.optimisation().batchSize() * spec.network().depth();
    }
}
