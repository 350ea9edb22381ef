package io.residual.training;

import io.residual.core.ResNetSpec;
import io.residual.core.ResidualException;
import io.residual.core.ResidualException.Kind;
import io.residual.data.BatchOrder;
import io.residual.data.ImageBatches;
import io.residual.data.ImageSet;
import io.residual.data.InputForm;
import io.residual.data.LastBatch;
import io.residual.training.cli.ExitStatus;
import io.residual.training.cli.Interruption;
import io.residual.training.cli.Progress;
import io.residual.training.cli.ProgressListener;
import io.residual.training.cli.SaveDeadline;
import io.residual.training.cli.Terminal;
import io.residual.training.config.TrainingSpec;
import io.residual.training.loop.Position;
import io.residual.training.loop.TrainingLoop;
import io.residual.training.network.ComputeKernels;
import io.residual.training.network.Network;
import io.residual.training.run.CheckpointStore;
import io.residual.training.run.CheckpointStore.Stored;
import io.residual.training.run.EarlyStopping;
import io.residual.training.run.EpochMetrics;
import io.residual.training.run.ModelFiles;
import io.residual.training.run.ResumeCheck;
import io.residual.training.run.RunDirectory;
import io.residual.training.run.RunRecorder;
import io.residual.training.run.TrainingState;
import io.residual.training.run.TrainingState.Rollback;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.Logger;

/** The part of a run that one process trains: from its newest checkpoint to its end, a signal, or the epoch to stop after. */
final class TrainingSession {
    private static final Logger LOG = LogManager.getLogger(TrainingSession.class);
    /** Validation shows how well a network does without keeping its activations, so larger batches cost little. */
    private static final int VALIDATION_BATCH = 256;
    /** A rate of less than a hundredth is no longer the run that was asked for. */
    private static final int MOST_ROLLBACKS = 6;

    private static final double ROLLBACK_FACTOR = 0.5;

    private final TrainingSpec spec;
    private final ResNetSpec resNet;
    private final ComputeKernels kernels;
    private final TrainOptions options;
    private final RunDirectory run;
    private final CheckpointStore checkpoints;
    private final ImageSet trainingImages;
    private final ImageSet validationImages;
    private final EarlyStopping earlyStopping;
    private final int lastEpoch;

    /** @param run that has begun, and that this process has locked */
    TrainingSession(
            TrainingSpec spec,
            ResNetSpec resNet,
            ComputeKernels kernels,
            TrainOptions options,
            RunDirectory run,
            ImageSet trainingImages,
            ImageSet validationImages) {
        this.spec = spec;
        this.resNet = resNet;
        this.kernels = kernels;
        this.options = options;
        this.run = run;
        this.checkpoints = run.checkpoints(LOG::warn);
        this.trainingImages = trainingImages;
        this.validationImages = validationImages;
        this.earlyStopping = new EarlyStopping(spec.optimisation().patience());
        this.lastEpoch = Math.min(
                spec.optimisation().epochs(),
                options.stopAfter().orElse(spec.optimisation().epochs()));
    }

    /**
     * Trains, and tells at the end how to go on or what to do with the model.
     *
     * @return OK or INTERRUPTED
     */
    ExitStatus train(PrintWriter out) {
        boolean early;
        try (Interruption interruption = Interruption.listen(SaveDeadline::begin)) {
            Optional<Stored> newest = newest();
            Optional<TrainingState> over = newest.map(Stored::state).filter(s -> isOver(s.position(), s.history()));
            Position end = over.map(TrainingState::position).orElseGet(() -> trainOn(newest, interruption));
            List<EpochMetrics> history = over.map(TrainingState::history).orElseGet(run::epochs);
            if (!isOver(end, history)) {
                out.println("Saved at " + end.describe() + ". Go on with: ./residual train --resume --run " + run);
                return ExitStatus.INTERRUPTED;
            }
            early = stoppedEarly(end, history);
        }
        int epochs = spec.optimisation().epochs();
        if (early) {
            out.println("Stopped early: validation accuracy has not risen for " + earlyStopping.patience() + " epochs");
        } else if (lastEpoch < epochs) {
            out.println("Stopped after epoch " + lastEpoch + " of " + epochs
                    + ". Go on with: ./residual train --resume --run " + run);
        }
        out.println("Model and metrics: " + run);
        out.println("Judge it on the test images: ./residual evaluate --run " + run);
        return ExitStatus.OK;
    }

    private Optional<Stored> newest() {
        Optional<Stored> newest = checkpoints.newest();
        if (newest.isEmpty() && !run.epochs().isEmpty()) {
            throw new ResidualException(
                    Kind.BAD_RUN,
                    run + ": the run has results but no checkpoint to go on from: give another --run directory");
        }
        newest.ifPresent(stored -> {
            ResumeCheck.require(stored.file(), stored.state(), run.specSha256(), kernels);
            Position at = stored.state().position();
            if (isOver(at, stored.state().history())) {
                LOG.info("Epoch {} is over already: there is nothing to train", lastEpoch);
            } else {
                LOG.info("Going on from {}", at.describe());
            }
        });
        return newest;
    }

    private boolean isOver(Position at, List<EpochMetrics> history) {
        return at.epochs() >= lastEpoch || stoppedEarly(at, history);
    }

    private boolean stoppedEarly(Position at, List<EpochMetrics> history) {
        // A run that was killed between an epoch's metrics and its checkpoint trains that epoch again.
        return at.steps() == 0 && at.epochs() == history.size() && earlyStopping.isDue(history);
    }

    private Position trainOn(Optional<Stored> from, Interruption interruption) {
        TrainingState state = from.map(Stored::state).orElseGet(() -> TrainingState.initial(run.specSha256(), kernels));
        Optional<Stored> stored = from;
        while (true) {
            Network network = stored.isEmpty()
                    ? ModelFiles.begin(spec, resNet, kernels, LOG::info)
                    : ModelFiles.initial(spec, resNet, kernels);
            TrainingLoop trainer = trainer(network);
            stored.ifPresent(checkpoint -> checkpoint.restore(trainer.state()));
            trainer.scaleRate(state.rateFactor());
            RunRecorder recorder =
                    new RunRecorder(run, network, trainer, checkpoints, options.checkpointEvery(), state);
            if (stored.isEmpty() || !state.equals(stored.get().state())) {
                checkpoints.save(state, trainer.state());
            }
            run.metrics().replace(state.history());
            try {
                return train(trainer, recorder, state.position(), interruption);
            } catch (ResidualException e) {
                if (e.kind() != Kind.DIVERGED || options.onDivergence() == OnDivergence.STOP) {
                    throw e;
                }
                Stored last = checkpoints.newest().orElseThrow();
                stored = Optional.of(goBack(last, e));
                state = lower(stored.get().state(), last.state(), recorder.position(), e);
            }
        }
    }

    @SuppressWarnings("ClosingStandardOutputStreams") // progress closes its bar, not the stream
    private Position train(TrainingLoop trainer, RunRecorder recorder, Position from, Interruption interruption) {
        try (Progress progress =
                Progress.on(Terminal.detect(), System.out, spec.optimisation().epochs())) {
            Position end = trainer.train(
                    from,
                    lastEpoch,
                    TrainingLoop.Watcher.all(recorder, new ProgressListener(progress)),
                    () -> interruption.requested() || earlyStopping.isDue(recorder.history()));
            recorder.saveCheckpoint();
            return end;
        }
    }

    private TrainingLoop trainer(Network network) {
        InputForm form = spec.data().input();
        int batch = spec.optimisation().batchSize();
        // A last batch of one image can leave batch norm a single value per channel.
        LastBatch last = trainingImages.size() % batch == 1 ? LastBatch.DROP : LastBatch.KEEP;
        return new TrainingLoop(
                network,
                spec,
                new ImageBatches(
                        trainingImages,
                        batch,
                        form,
                        new BatchOrder.Shuffled(spec.seed()),
                        last,
                        spec.data().augmentation().augmenter(spec.seed())),
                validationImages,
                new ImageBatches(validationImages, VALIDATION_BATCH, form, new BatchOrder.Sequential()));
    }

    /** The newest checkpoint or, if the run has diverged since it went back to that, the one before it. */
    private Stored goBack(Stored newest, ResidualException divergence) {
        TrainingState state = newest.state();
        List<Rollback> rollbacks = state.rollbacks();
        if (rollbacks.size() >= MOST_ROLLBACKS) {
            throw new ResidualException(
                    Kind.DIVERGED,
                    "the run went back " + rollbacks.size() + " times and diverged again: " + divergence.getMessage(),
                    divergence);
        }
        long iterations = state.position().iterations();
        boolean goneBackToIt =
                !rollbacks.isEmpty() && rollbacks.get(rollbacks.size() - 1).backTo() == iterations;
        return goneBackToIt ? checkpoints.newestBefore(iterations).orElse(newest) : newest;
    }

    private static TrainingState lower(
            TrainingState target, TrainingState newest, Position diverged, ResidualException divergence) {
        List<Rollback> rollbacks = new ArrayList<>(newest.rollbacks());
        Rollback rollback = new Rollback(
                diverged.iterations() + 1, target.position().iterations(), newest.rateFactor() * ROLLBACK_FACTOR);
        rollbacks.add(rollback);
        LOG.warn(
                "{}; going back to {} with {} of the learning rate",
                divergence.getMessage(),
                target.position().describe(),
                rollback.rateFactor());
        return target.afterRollbacks(rollbacks);
    }
}
