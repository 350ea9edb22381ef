package io.residual.training.run;

import io.residual.core.files.FileLock;
import io.residual.training.config.Monitor;
import io.residual.training.loop.EpochMetrics;
import io.residual.training.loop.Position;
import io.residual.training.loop.TrainingListener;
import io.residual.training.loop.TrainingLoop;
import io.residual.training.network.Network;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.apache.logging.log4j.LogManager;

/**
 * Saves the results of training in the run's directory. The checkpoint of an epoch is its last file: a process that is killed
 * before that trains the epoch again, and writes the same files.
 */
public final class RunRecorder implements TrainingListener {
    private final RunDirectory run;
    private final Monitor monitor;
    private final FileLock lock;
    private final Network network;
    private final TrainingLoop loop;
    private final CheckpointStore checkpoints;
    private final Duration checkpointEvery;
    private TrainingState saved;
    private Position at;
    private long savedAt = System.nanoTime();

    /**
     * Saves from now on.
     *
     * @param lock of the directory
     * @param start where training starts or resumes, as the newest checkpoint has it
     */
    public RunRecorder(
            RunDirectory run,
            FileLock lock,
            Network network,
            TrainingLoop loop,
            CheckpointStore checkpoints,
            Duration checkpointEvery,
            TrainingState start) {
        this.run = run;
        this.monitor = run.spec().optimisation().monitor();
        this.lock = lock;
        this.network = network;
        this.loop = loop;
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
    public void epochDone(Position at, EpochMetrics metrics) {
        this.at = at;
        List<EpochMetrics> history = new ArrayList<>(saved.history());
        history.add(metrics);
        saved = saved.at(at, history);
        lock.requireHeld();
        loop.executor().withAveragedWeights(this::saveModels);
        run.metrics().append(metrics);
        write();
        LogManager.getLogger("metrics").info("{}", metrics);
    }

    private boolean saveModels() {
        loop.executor().updateNetwork();
        ModelFiles.save(run, SavedModel.LAST, network);
        if (saved.endsBestEpoch(monitor)) {
            ModelFiles.save(run, SavedModel.BEST, network);
        }
        return true;
    }

    /** Metrics of all finished epochs. */
    public List<EpochMetrics> history() {
        return saved.history();
    }

    /** Saves where training stands, unless the newest checkpoint is there already. */
    public void saveCheckpoint() {
        if (!at.equals(saved.position())) {
            loop.requireFiniteWeights(at);
            saved = saved.at(at, saved.history());
            write();
        }
    }

    private void write() {
        lock.requireHeld();
        checkpoints.save(saved, loop.executor().state());
        savedAt = System.nanoTime();
    }
}
