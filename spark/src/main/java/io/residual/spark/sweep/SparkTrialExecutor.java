package io.residual.spark.sweep;

import io.residual.core.ResidualException;
import io.residual.core.ResidualException.Kind;
import io.residual.core.files.IoErrors;
import io.residual.spark.cluster.ClusterSession;
import io.residual.spark.cluster.SharedStorage;
import io.residual.training.config.SpecFile;
import io.residual.training.run.RunDirectory;
import io.residual.tuning.search.TrialState;
import io.residual.tuning.trials.EpochTail;
import io.residual.tuning.trials.TrialExecutor;
import io.residual.tuning.trials.TrialResult;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Pattern;
import org.apache.spark.api.java.JavaFutureAction;
import org.apache.spark.api.java.JavaSparkContext;

/**
 * Trains jobs as tasks of a Spark cluster, each a Spark job of one task. Spark does not repeat a task that is lost: the sweep
 * does, up to its own limit.
 */
final class SparkTrialExecutor implements TrialExecutor {
    private static final long POLL_MILLIS = 1_000;
    /** A run that is asked to end has saved, and its files are stored, within this time; a sweep gives its workers 30 s. */
    private static final long SAVE_TIMEOUT_SECONDS = 25;

    private static final Pattern LOST =
            Pattern.compile("most recent failure: Lost task \\S+ in stage \\S+ \\(TID \\d+\\) (.*)");

    private final JavaSparkContext context;
    private final SharedStorage storage;
    private final Path sweep;

    /**
     * Trains on a cluster.
     *
     * @param session whose tasks are not repeated
     * @param storage in which each run has a folder, until its trial is over
     * @param sweep the sweep's directory
     */
    SparkTrialExecutor(ClusterSession session, SharedStorage storage, Path sweep) {
        this.context = session.context();
        this.storage = storage;
        this.sweep = sweep;
    }

    @Override
    public TrialResult train(Job job, EpochListener listener) throws InterruptedException {
        StoredRun stored = stored(job.run());
        EpochTail epochs = new EpochTail(job, listener);
        // A run that was ahead of the sweep's last poll may have all its epochs already.
        if (epochs.read(stored.metrics()) != TrialState.RUNNING) {
            return new TrialResult.Stopped();
        }
        if (epochs.isComplete() && stored.hasModels()) {
            return new TrialResult.Complete();
        }
        String ticket = UUID.randomUUID().toString();
        stored.grant(ticket);
        JavaFutureAction<List<TaskResult>> task = submit(
                job,
                new TrialTask(
                        stored,
                        ticket,
                        SpecFile.write(
                                SpecFile.read(job.specFile(), Kind.BAD_RUN).withAbsolutePaths()),
                        job.seed(),
                        sweep.toString(),
                        name(job.run())));
        try {
            return await(task, job, epochs, stored);
        } catch (InterruptedException e) {
            stored.revoke();
            waitUntilSaved(task);
            throw e;
        }
    }

    @Override
    public void release(Path run) {
        StoredRun stored = stored(run);
        if (stored.exists()) {
            stored.moveResults(run);
        } else {
            RunDirectory.deleteCheckpoints(run);
        }
    }

    private StoredRun stored(Path run) {
        return new StoredRun(storage.folder(name(run).replace('/', '-')));
    }

    /** Of a run in the sweep's directory, such as 17/run-1. */
    private String name(Path run) {
        return sweep.relativize(run).toString().replace('\\', '/');
    }

    private JavaFutureAction<List<TaskResult>> submit(Job job, TrialTask task) {
        // Of this thread's jobs, in Spark's pages.
        context.sc().setJobDescription("trial " + name(job.run()));
        return context.parallelize(List.of(task), 1).map(TrialTask::train).collectAsync();
    }

    private TrialResult await(JavaFutureAction<List<TaskResult>> task, Job job, EpochTail epochs, StoredRun stored)
            throws InterruptedException {
        boolean stopped = false;
        while (true) {
            try {
                TaskResult result = task.get(POLL_MILLIS, TimeUnit.MILLISECONDS).get(0);
                appendLog(job.log(), result.log());
                stopped = stopped || epochs.read(stored.metrics()) != TrialState.RUNNING;
                return stopped ? new TrialResult.Stopped() : ended(result);
            } catch (TimeoutException running) {
                if (!stopped && poll(epochs, stored) != TrialState.RUNNING) {
                    stopped = true;
                    stored.revoke();
                }
            } catch (ExecutionException e) {
                return stopped ? new TrialResult.Stopped() : lost(e);
            }
        }
    }

    private static TrialState poll(EpochTail epochs, StoredRun stored) {
        String text;
        try {
            text = stored.metrics();
        } catch (ResidualException unreadable) {
            // The next look sees them, or the task, which writes them, fails and says why.
            return TrialState.RUNNING;
        }
        return epochs.read(text);
    }

    /** Nobody but this executor stops a task. */
    private static TrialResult ended(TaskResult result) {
        TrialResult end = result.result();
        return end instanceof TrialResult.Stopped ? new TrialResult.WorkerLost("the task was stopped") : end;
    }

    private TrialResult lost(ExecutionException error) {
        String message = String.valueOf(
                error.getCause() == null ? error.getMessage() : error.getCause().getMessage());
        String first = message.lines().findFirst().orElse("");
        if (context.sc().isStopped()) {
            throw new ResidualException(
                    Kind.BAD_RUN, "the Spark application ended (" + first + "): resume the sweep", error);
        }
        return new TrialResult.WorkerLost("the task was lost: "
                + LOST.matcher(first)
                        .results()
                        .findFirst()
                        .map(found -> found.group(1))
                        .orElse(first));
    }

    private static void waitUntilSaved(JavaFutureAction<List<TaskResult>> task) throws InterruptedException {
        try {
            List<TaskResult> unused = task.get(SAVE_TIMEOUT_SECONDS, TimeUnit.SECONDS);
        } catch (TimeoutException | ExecutionException e) {
            // The run's last checkpoint is stored.
        }
    }

    private static void appendLog(Path log, String text) {
        try {
            Files.writeString(log, text, StandardCharsets.UTF_8, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        } catch (IOException e) {
            throw new ResidualException(Kind.BAD_RUN, log + ": cannot be written: " + IoErrors.reason(e), e);
        }
    }
}
