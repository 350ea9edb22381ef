package io.residual.spark.sweep;

import io.residual.core.ResidualException;
import io.residual.core.ResidualException.Kind;
import io.residual.core.files.AtomicFile;
import io.residual.spark.cluster.TemporaryFolder;
import io.residual.spark.cluster.ThisMachine;
import io.residual.spark.sweep.StoredRun.Permission;
import io.residual.spark.sweep.TaskResult.End;
import io.residual.tuning.search.TrialState;
import io.residual.tuning.trials.SubprocessExecutor;
import io.residual.tuning.trials.TrialExecutor;
import io.residual.tuning.trials.TrialResult;
import io.residual.tuning.trials.WorkerResources;
import java.io.IOException;
import java.io.Serializable;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.spark.SparkEnv;
import org.apache.spark.TaskContext;
import org.apache.spark.util.Utils;

/**
 * Trains a run of a trial on an executor as a local sweep does: in a process of its own, which ends with the executor's. It
 * trains in a folder of the machine and brings the progress to the run's folder in shared storage.
 *
 * @param ticket that lets this task train the run
 * @param spec of the trial, as YAML
 * @param seed in place of the spec's
 * @param sweep the sweep's directory on the driver's machine, and {@code name} the run's in it: the places that messages name
 */
record TrialTask(StoredRun stored, String ticket, String spec, long seed, String sweep, String name)
        implements Serializable {
    private static final int MAX_LOG = 1 << 20;

    /** On the executor. */
    TaskResult train() throws IOException {
        switch (stored.permission(ticket)) {
            case REVOKED -> {
                return TaskResult.of(new TrialResult.Stopped(), "");
            }
            case LOST -> {
                return failed(
                        Kind.BAD_RUN,
                        "does not see what the driver wrote to " + stored.storage()
                                + ": give --storage with a place that all machines share, such as hdfs:, s3a: or a"
                                + " mounted folder",
                        "");
            }
            case GRANTED -> {}
        }
        Path folder = Path.of(Utils.getConfiguredLocalDirs(SparkEnv.get().conf())[0]);
        Path scratch = Files.createTempDirectory(Files.createDirectories(folder), "trial-");
        try {
            return train(scratch);
        } catch (ResidualException e) {
            String message = String.valueOf(e.getMessage());
            return e.kind() == Kind.BAD_SETTING
                    ? failed(e.kind(), message, "")
                    : TaskResult.of(new TrialResult.WorkerLost(ThisMachine.name() + ": " + message), "");
        } finally {
            delete(scratch);
        }
    }

    private TaskResult train(Path scratch) throws IOException {
        Path run = scratch.resolve(name);
        Path trial = run.resolveSibling("");
        Files.createDirectories(run);
        stored.getToResume(run);
        AtomicFile.write(trial.resolve("trial.yaml"), spec);
        Path log = trial.resolve("worker.log");
        // The driver counts the epochs, also of a run that lacks nothing but its models.
        TrialExecutor.Job job =
                new TrialExecutor.Job(trial.resolve("trial.yaml"), seed, run, log, Integer.MAX_VALUE, 0);
        RunUpload upload = new RunUpload(run, stored);
        TrialResult result;
        TaskWatch watch = new TaskWatch(stored, ticket, upload);
        try {
            result = new SubprocessExecutor(resources()).train(job, epoch -> TrialState.RUNNING);
        } catch (InterruptedException e) {
            result = watch.permission() == Permission.REVOKED
                    ? new TrialResult.Stopped()
                    : new TrialResult.WorkerLost(ThisMachine.name() + ": "
                            + watch.failure().map(Throwable::getMessage).orElse("the task was killed"));
        } finally {
            watch.close();
        }
        if (stored.permission(ticket) != Permission.LOST) {
            upload.uploadAll();
        }
        String text = Files.exists(log) ? Files.readString(log, StandardCharsets.UTF_8) : "";
        return explained(TaskResult.of(result, text.substring(Math.max(0, text.length() - MAX_LOG))), scratch);
    }

    /** Places of this machine are of no use to the user of the driver. */
    private TaskResult explained(TaskResult result, Path scratch) {
        TaskResult here = new TaskResult(
                result.end(),
                result.kind(),
                result.reason().replace(scratch.toString(), sweep),
                result.log().replace(scratch.toString(), sweep));
        return here.end() == End.ENVIRONMENT_FAILURE ? failed(here.kind(), here.reason(), here.log()) : here;
    }

    private static TaskResult failed(Kind kind, String reason, String log) {
        String hint = kind == Kind.BAD_DATA ? " (the machines of the cluster need the images at the same path)" : "";
        return TaskResult.of(new TrialResult.EnvironmentFailure(kind, ThisMachine.name() + ": " + reason + hint), log);
    }

    /** The cores of a task, and the memory that is its part of the machine if all cores train trials. */
    private static WorkerResources resources() {
        int cores = TaskContext.get().cpus();
        WorkerResources part =
                WorkerResources.forThisMachine(Math.max(1, Runtime.getRuntime().availableProcessors() / cores));
        return new WorkerResources(cores, part.heapBytes(), part.offHeapBytes());
    }

    private static void delete(Path folder) {
        try {
            TemporaryFolder.delete(folder);
        } catch (IOException | UncheckedIOException e) {
            // Spark deletes it with the folder that it is in.
        }
    }
}
