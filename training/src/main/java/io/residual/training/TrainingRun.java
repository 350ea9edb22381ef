package io.residual.training;

import io.residual.core.ResNetSpec;
import io.residual.core.ResidualException;
import io.residual.core.ShapeTable;
import io.residual.core.files.FileLock;
import io.residual.training.cli.ExitStatus;
import io.residual.training.config.Preset;
import io.residual.training.config.TrainingSpec;
import io.residual.training.network.ComputeKernels;
import io.residual.training.run.Backend;
import io.residual.training.run.DataSources;
import io.residual.training.run.ResumeCheck;
import io.residual.training.run.RunDatasets;
import io.residual.training.run.RunDirectory;
import io.residual.training.run.RunLog;
import io.residual.training.run.RunManifest;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Locale;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.Logger;

/** One run from its preset to its model, begun or gone on with: data, directory, network, training. */
public final class TrainingRun {
    private static final Logger LOG = LogManager.getLogger(TrainingRun.class);
    private static final Path RUNS = Path.of("runs");

    private TrainingRun() {}

    /**
     * Begins a run, or goes on with the one in the directory that the options name.
     *
     * @param arguments of the command, as typed
     * @return OK, or INTERRUPTED if a signal ended the run before its last epoch
     * @throws ResidualException if the run cannot begin or go on
     */
    public static ExitStatus execute(Preset preset, TrainOptions options, List<String> arguments, PrintWriter out) {
        Backend.require();
        RunDatasets images = RunDatasets.of(DataSources.find(preset.spec().data()));
        return execute(images, preset, options, arguments, out);
    }

    /**
     * Begins a run on given images, or goes on with it. They stand in place of those that the preset names.
     *
     * @param arguments of the command, as typed
     * @param out is told at the end where the model is, or how to go on
     * @return OK, or INTERRUPTED if a signal ended the run before its last epoch
     * @throws ResidualException if the run cannot begin or go on
     */
    @SuppressWarnings("try") // the lock is there to be held
    public static ExitStatus execute(
            RunDatasets images, Preset preset, TrainOptions options, List<String> arguments, PrintWriter out) {
        TrainingSpec spec = preset.spec();
        Backend.require();
        ComputeKernels kernels = options.kernels().resolve();
        Backend backend = Backend.current(kernels.describe(spec.optimisation().precision()));
        ResNetSpec resNet = spec.resNet(
                images.train().channels(), images.train().classNames().size());
        RunManifest manifest = RunManifest.of(
                preset.name(),
                spec.seed(),
                Instant.now().truncatedTo(ChronoUnit.SECONDS),
                arguments,
                backend,
                images.origin());

        RunDirectory run = options.directory()
                .map(RunDirectory::takeAt)
                .orElseGet(
                        () -> RunDirectory.createUnder(RUNS, preset.name(), LocalDateTime.now(ZoneId.systemDefault())));
        try (FileLock lock = run.lock()) {
            if (run.hasBegun()) {
                ResumeCheck.require(run, spec, manifest);
            } else {
                run.begin(spec, manifest);
            }
            run.deleteLeftovers();
            RunLog.attach(run.logFile());
            describe(run, spec, manifest, images, resNet);
            return new TrainingSession(spec, resNet, kernels, options, run, images.train(), images.validation())
                    .train(out);
        }
    }

    private static void describe(
            RunDirectory run, TrainingSpec spec, RunManifest manifest, RunDatasets images, ResNetSpec resNet) {
        Backend backend = manifest.backend();
        LOG.info("Run directory: {}", run);
        LOG.info("Backend: {}, {} threads, {} kernels", backend.name(), backend.threads(), backend.kernels());
        LOG.info(
                "Data: {}; {} training and {} validation images",
                images.origin().location(),
                images.train().size(),
                images.validation().size());
        logSkipped(images.skipped());
        LOG.info(
                "Network: {} ({}), {} parameters, {} x {} pixels",
                spec.network().title(),
                spec.network().flavour().name().toLowerCase(Locale.ROOT),
                String.format(Locale.ROOT, "%,d", resNet.parameters()),
                spec.data().imageSize(),
                spec.data().imageSize());
        LogManager.getLogger("shapes").info("Shapes of one image:\n{}", ShapeTable.of(resNet));
    }

    private static void logSkipped(List<String> corrupt) {
        if (!corrupt.isEmpty()) {
            LOG.warn("{} corrupt images are left out:\n{}", corrupt.size(), String.join("\n", corrupt));
        }
    }
}
