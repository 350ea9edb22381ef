package io.residual.training;

import io.residual.core.ResNetSpec;
import io.residual.core.ResidualException;
import io.residual.core.ResidualException.Kind;
import io.residual.core.ShapeTable;
import io.residual.core.files.FileLock;
import io.residual.cuda.device.CudaException;
import io.residual.data.Split;
import io.residual.training.TrainingResult.Outcome;
import io.residual.training.config.TrainingSpec;
import io.residual.training.device.DeviceErrors;
import io.residual.training.device.TrainingDevice;
import io.residual.training.loop.EpochMetrics;
import io.residual.training.loop.Position;
import io.residual.training.loop.TrainingLoop;
import io.residual.training.network.ComputeKernels;
import io.residual.training.network.Network;
import io.residual.training.run.Backend;
import io.residual.training.run.CheckpointStore;
import io.residual.training.run.CheckpointStore.Stored;
import io.residual.training.run.ModelFiles;
import io.residual.training.run.ResumeCheck;
import io.residual.training.run.RunDatasets;
import io.residual.training.run.RunDirectory;
import io.residual.training.run.RunLog;
import io.residual.training.run.RunManifest;
import io.residual.training.run.RunRecorder;
import io.residual.training.run.SavedModel;
import io.residual.training.run.TrainingState;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.Logger;

/** The part of a run that one process trains: from its newest checkpoint to its end, a stop, or the epoch to stop after. */
final class SavedTraining {
    private static final Logger LOG = LogManager.getLogger(Trainer.class);

    private final Trainer trainer;
    private final TrainingSpec spec;
    private final RunDirectory run;
    private final TrainingDevice device;
    private final ComputeKernels kernels;
    private final ResNetSpec resNet;
    private final RunDatasets data;
    /** Of a run that this process starts. */
    private final Optional<Network> untrained;

    private final CheckpointStore checkpoints;

    private SavedTraining(
            Trainer trainer,
            RunDirectory run,
            TrainingDevice device,
            ResNetSpec resNet,
            RunDatasets data,
            Optional<Network> untrained) {
        this.trainer = trainer;
        this.spec = trainer.spec;
        this.run = run;
        this.device = device;
        this.kernels = device.kernels();
        this.resNet = resNet;
        this.data = data;
        this.untrained = untrained;
        this.checkpoints = run.checkpoints(LOG::warn);
    }

    /** Starts a run in the directory, or resumes the one that is there. */
    static TrainingResult run(
            Trainer trainer, Path directory, TrainingDevice device, ResNetSpec resNet, RunDatasets data) {
        TrainingSpec spec = trainer.spec;
        RunManifest manifest = RunManifest.of(
                trainer.preset(),
                spec.seed(),
                Instant.now(),
                trainer.arguments,
                Backend.current(device.describe(spec.optimisation().precision())),
                data.origin());
        List<String> notes = new ArrayList<>();
        // Before anything is written: weights to start from may not fit.
        Optional<Network> untrained = RunDirectory.isStarted(directory)
                ? Optional.empty()
                : Optional.of(ModelFiles.untrained(spec, resNet, device.onCpu(), notes::add));
        RunDirectory run = RunDirectory.takeAt(directory);
        run.requireSingle();
        RunDatasets images = data;
        try (FileLock lock = run.lock()) {
            if (run.isStarted()) {
                ResumeCheck.require(run, spec, manifest);
                images = ResumeCheck.images(run, data);
            } else {
                start(run, spec, manifest, data);
            }
            run.deleteLeftovers();
            RunLog.attach(run.logFile());
            notes.forEach(LOG::info);
            SavedTraining training = new SavedTraining(trainer, run, device, resNet, images, untrained);
            training.describe(manifest.backend());
            return training.train(lock);
        }
    }

    private static void start(RunDirectory run, TrainingSpec spec, RunManifest manifest, RunDatasets data) {
        try {
            run.start(spec, manifest, data);
        } catch (ResidualException e) {
            run.abandon();
            throw e;
        }
    }

    private void describe(Backend backend) {
        LOG.info("Run directory: {}", run);
        LOG.info("Device: {}", device.note());
        LOG.info("Backend: {}, {} threads, kernels: {}", backend.name(), backend.threads(), backend.kernels());
        LOG.info(
                "Data: {}; {} training and {} validation images",
                data.origin().location(),
                data.train().size(),
                data.validation().size());
        run.decisions()
                .ifPresent(decisions ->
                        LOG.info("Decisions on labels of training images: {}", decisions.summary(Split.TRAIN)));
        if (!data.skipped().isEmpty()) {
            LOG.info("Skipped files: {}", data.skipped().summary());
            data.skipped().lines().forEach(line -> LogManager.getLogger("files").info(line));
        }
        LOG.info(
                "Network: {} ({}), {} parameters, {} x {} pixels",
                spec.network().title(),
                spec.network().flavour().name().toLowerCase(Locale.ROOT),
                String.format(Locale.ROOT, "%,d", resNet.parameters()),
                spec.data().imageSize(),
                spec.data().imageSize());
        LogManager.getLogger("shapes").info("Shapes of one image:\n{}", ShapeTable.of(resNet));
    }

    private TrainingResult train(FileLock lock) {
        Optional<Stored> newest = checkpoints.newest();
        if (newest.isEmpty() && !run.epochs().isEmpty()) {
            throw new ResidualException(
                    Kind.BAD_RUN,
                    run + ": the run has results but no checkpoint to resume from: give another run directory");
        }
        newest.ifPresent(stored -> ResumeCheck.require(stored.file(), stored.state(), run.specSha256(), kernels));
        TrainingState state =
                newest.map(Stored::state).orElseGet(() -> TrainingState.initial(run.specSha256(), kernels));
        Outcome before = trainer.outcome(state.position(), state.history());
        boolean trains = before == Outcome.INTERRUPTED;
        EpochMetrics.best(state.history(), trainer.monitor()).ifPresent(best -> {
            // An epoch that is still to be trained saves the last model anyway.
            restore(SavedModel.LAST, state.position().epochs(), trains);
            restore(SavedModel.BEST, best.epoch(), trains);
        });
        if (!trains) {
            LOG.info("Epoch {} is finished already: there is nothing to train", trainer.lastEpoch());
            return new TrainingResult(
                    before,
                    trainer.monitor(),
                    state.position(),
                    state.history(),
                    ModelFiles.load(run, SavedModel.LAST, device.onCpu()),
                    Optional.of(run));
        }
        newest.ifPresent(
                stored -> LOG.info("Resuming from {}", stored.state().position().describe()));
        return train(lock, newest, state);
    }

    /** Restores a model that was deleted or damaged from the checkpoint of its epoch. */
    private void restore(SavedModel model, int epoch, boolean trains) {
        if (ModelFiles.isIntact(run, model)) {
            return;
        }
        Optional<Stored> stored = checkpoints.endOf(epoch);
        if (stored.isPresent()) {
            ResumeCheck.require(stored.get().file(), stored.get().state(), run.specSha256(), kernels);
            Network network = ModelFiles.initial(spec, resNet, device.onCpu());
            try (TrainingLoop loop = device.loop(network, spec, data.train(), data.validation())) {
                loop.executor().restore(stored.get()::restore);
                loop.executor().useAveragedWeights();
            }
            ModelFiles.save(run, model, network);
            LOG.warn(
                    "The {} model was missing or damaged: restored from {}",
                    model,
                    stored.get().file());
        } else if (trains) {
            LOG.warn("The {} model is missing or damaged, and no checkpoint of epoch {} is left", model, epoch);
        } else {
            throw new ResidualException(
                    Kind.BAD_RUN,
                    run.modelFile(model) + ": the model is missing or damaged, and no checkpoint of epoch " + epoch
                            + " is left to restore it from: train in another run directory");
        }
    }

    private TrainingResult train(FileLock lock, Optional<Stored> newest, TrainingState state) {
        Network network = newest.isEmpty()
                ? untrained.orElseGet(() -> ModelFiles.untrained(spec, resNet, device.onCpu(), LOG::info))
                : ModelFiles.initial(spec, resNet, device.onCpu());
        try (TrainingLoop loop = device.loop(network, spec, data.train(), data.validation())) {
            return train(lock, newest, state, network, loop);
        } catch (CudaException e) {
            ResidualException error = DeviceErrors.of(e);
            throw checkpoints
                    .newest()
                    .map(last -> error.withHint("the run can be resumed from " + last.file()))
                    .orElse(error);
        }
    }

    private TrainingResult train(
            FileLock lock, Optional<Stored> newest, TrainingState state, Network network, TrainingLoop loop) {
        newest.ifPresent(stored -> loop.executor().restore(stored::restore));
        RunRecorder recorder = new RunRecorder(run, lock, network, loop, checkpoints, trainer.checkpointEvery, state);
        if (newest.isEmpty()) {
            checkpoints.save(state, loop.executor().state());
        }
        run.metrics().replace(state.history());
        Position end;
        try {
            end = loop.train(
                    state.position(),
                    trainer.lastEpoch(),
                    trainer.listeners(recorder),
                    () -> trainer.shouldStop(recorder.history()));
        } catch (ResidualException e) {
            throw e.kind() == Kind.DIVERGED
                    ? e.withHint("the last good checkpoint is "
                            + checkpoints.newest().orElseThrow().file())
                    : e;
        }
        recorder.saveCheckpoint();
        loop.executor().useAveragedWeights();
        List<EpochMetrics> history = recorder.history();
        return new TrainingResult(
                trainer.outcome(end, history), trainer.monitor(), end, history, network, Optional.of(run));
    }
}
