package io.residual.training.run;

import io.residual.training.loop.Position;
import io.residual.training.loop.TrainingLoop;
import io.residual.training.network.Network;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.apache.logging.log4j.LogManager;

/**
 * Keeps in the run's directory what training comes to. The checkpoint of an epoch is its last file: a process that is killed
 * before that trains the epoch again, and writes the same files.
 */
public final class RunRecorder implements TrainingLoop.Watcher {
    private final RunDirectory run;
    private final Network network;
    private final TrainingLoop trainer;
    private final CheckpointStore checkpoints;
    private final Duration checkpointEvery;
    private TrainingState saved;
    private Position at;
    private long savedAt = System.nanoTime();

    /** @param start where training begins or goes on, as the newest checkpoint has it */
    public RunRecorder(
            RunDirectory run,
            Network network,
            TrainingLoop trainer,
            CheckpointStore checkpoints,
            Duration checkpointEvery,
            TrainingState start) {
        this.run = run;
        this.network = network;
        this.trainer = trainer;
        this.checkpoints = checkpoints;
        this.checkpointEvery = checkpointEvery;
        this.saved = start;
        this.at = start.position();
    }

    @Override
    public void stepDone(Position at, int images) {
        this.at = at;
        if (System.nanoTime() - savedAt >= checkpointEvery.toNanos()) {
            saveCheckpoint();
        }
    }

    @Override
    public void epochDone(Position at, TrainingLoop.Epoch epoch) {
        this.at = at;
        EpochMetrics metrics = EpochMetrics.of(epoch);
        List<EpochMetrics> history = new ArrayList<>(saved.history());
        history.add(metrics);
        saved = saved.at(at, history);
        trainer.withKeptWeights(this::saveModels);
        run.metrics().append(metrics);
        write();
        LogManager.getLogger("metrics").info("{}", metrics);
    }

    private void saveModels() {
        ModelFiles.save(run, SavedModel.LAST, network);
        if (saved.endsBestEpoch()) {
            ModelFiles.save(run, SavedModel.BEST, network);
        }
    }

    /** Metrics of all epochs that are over. */
    public List<EpochMetrics> history() {
        return saved.history();
    }

    /** Saves where training stands, unless the newest checkpoint is there already. */
    public void saveCheckpoint() {
        if (!at.equals(saved.position())) {
            trainer.requireFiniteWeights(at);
            saved = saved.at(at, saved.history());
            write();
        }
    }

    private void write() {
        checkpoints.save(saved, trainer.state());
        savedAt = System.nanoTime();
    }

    /** Where training stands. */
    public Position position() {
        return at;
    }
}
