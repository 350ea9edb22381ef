package io.residual.laboratory.cli;

import io.residual.data.DataSource;
import io.residual.data.ImageSet;
import io.residual.data.Split;
import io.residual.data.StratifiedSplit;
import io.residual.laboratory.gradients.GradientStudy;
import io.residual.laboratory.gradients.MeasurementSteps;
import io.residual.laboratory.gradients.StudyResult;
import io.residual.laboratory.gradients.StudyResult.Provenance;
import io.residual.laboratory.gradients.StudyResult.Trajectory;
import io.residual.training.cli.ExitStatus;
import io.residual.training.cli.ProjectVersion;
import io.residual.training.cli.SettingOptions;
import io.residual.training.config.DataChoice;
import io.residual.training.config.SpecFile;
import io.residual.training.config.TrainingSpec;
import io.residual.training.network.ComputeKernels;
import io.residual.training.run.DataSources;
import io.residual.training.run.RunDirectory;
import io.residual.training.run.Versions;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;

/** The command {@code lab gradients}. */
@Command(
        name = "gradients",
        description = "Measures gradients, activations and updates in every layer, at the start and during training, of"
                + " residual networks and of the same layers without shortcuts, and draws them on a page."
                + " --depth and --shortcuts take several values, separated by commas.",
        modelTransformer = TwinSpecs.TrainingOptions.class,
        mixinStandardHelpOptions = true,
        versionProvider = ProjectVersion.class)
public final class GradientsCommand implements Callable<Integer> {
    @Option(
            names = "--steps",
            paramLabel = "STEPS",
            description = "steps of training during which the networks are measured (default: as many as take about a"
                    + " minute, 0 for networks of more than 240 layers)")
    private @Nullable Integer steps;

    @Option(
            names = "--batches",
            paramLabel = "BATCHES",
            defaultValue = "2",
            description = "batches to average each measurement over (default: ${DEFAULT-VALUE})")
    private int batches = 2;

    @Option(
            names = "--seeds",
            paramLabel = "SEEDS",
            defaultValue = "1",
            description = "seeds of each network, the preset's and those after it (default: ${DEFAULT-VALUE})")
    private int seeds = 1;

    @Mixin
    private StudyOptions study = new StudyOptions();

    @Override
    public Integer call() {
        StudyOptions.requireAtLeast("--batches", 1, batches);
        StudyOptions.requireAtLeast("--seeds", 1, seeds);
        if (steps != null) {
            StudyOptions.requireAtLeast("--steps", 0, steps);
        }
        study.requireWithoutRun("its network", List.of("--depth", "--shortcuts", "--preset", "--steps", "--seeds"));
        study.run(files -> (study.ofRuns() ? ofRuns() : ofSpecs()).write(files), StudyResult.PAGE, StudyResult.JSON);
        return ExitStatus.OK.code();
    }

    private StudyResult ofSpecs() {
        List<TrainingSpec> specs = specs(study.command());
        TrainingSpec first = specs.get(0);
        ComputeKernels kernels = study.kernelChoice().resolve();
        DataSource data = DataSources.find(first.data());
        ImageSet training = data.open(Split.TRAIN, StratifiedSplit.SEED);
        double work = specs.stream()
                .mapToDouble(spec -> GradientStudy.work(spec, moments(spec), batches))
                .sum();
        GradientStudy measuring = new GradientStudy(
                kernels, training, data.open(Split.VALIDATION, StratifiedSplit.SEED), batches, study.progress(work));
        List<Trajectory> trajectories =
                specs.stream().map(spec -> measuring.train(spec, moments(spec))).toList();
        return new StudyResult(trajectories, origin(kernels, data, training, first));
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

    private StudyResult ofRuns() {
        CommandSpec parsed = study.command();
        Optional<DataChoice> choice = parsed.commandLine().getParseResult().hasMatchedOption("--data")
                ? Optional.of(SettingOptions.preset(parsed, TwinSpecs.PRESET)
                        .spec()
                        .data()
                        .source())
                : Optional.empty();
        ComputeKernels kernels = study.kernelChoice().resolve();
        List<Trajectory> trajectories = new ArrayList<>();
        Optional<Provenance> origin = Optional.empty();
        for (RunDirectory run : study.runs()) {
            DataSource data = DataSources.find(run, choice);
            ImageSet training = data.open(Split.TRAIN, StratifiedSplit.SEED);
            trajectories.add(
                    new GradientStudy(kernels, training, training, batches, study.progress(0)).checkpoints(run));
            origin = Optional.of(origin.orElse(origin(kernels, data, training, run.spec())));
        }
        return new StudyResult(trajectories, origin.orElseThrow());
    }

    private Provenance origin(ComputeKernels kernels, DataSource data, ImageSet training, TrainingSpec first) {
        return new Provenance(
                study.typed(),
                batches,
                data.origin().describe(),
                training.digests(),
                kernels.describe(first.optimisation().precision()),
                Versions.current(),
                SpecFile.write(first));
    }
}
