package io.residual.spark.training;

import io.residual.core.ResidualException;
import io.residual.core.ResidualException.Kind;
import io.residual.spark.cluster.TaskErrors;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.spark.SparkEnv;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.rpc.RpcEndpointRef;
import org.apache.spark.rpc.RpcEnv;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerTaskEnd;
import org.jspecify.annotations.Nullable;

/** Workers that are tasks of a cluster, of one job for all rounds. */
final class SparkWorkers implements Workers {
    private final JavaSparkContext context;
    private final SharedJob job;
    private final RoundParts parts = new RoundParts();
    /** Absent before the first round: not every executor that is made takes steps. */
    private @Nullable Started started;

    SparkWorkers(JavaSparkContext context, SharedJob job) {
        this.context = context;
        this.job = job;
    }

    @Override
    public List<WorkerResult> take(Round round, float[] values) {
        if (started == null) {
            started = start();
        }
        return parts.take(round, values);
    }

    /** What ends with the workers. */
    private record Started(Broadcast<SharedJob> shared, RpcEndpointRef endpoint, Losses losses, Thread thread) {}

    private Started start() {
        RpcEnv environment = SparkEnv.get().rpcEnv();
        String name = "residual-" + job.id();
        RpcEndpointRef endpoint = environment.setupEndpoint(name, new PartsEndpoint(environment, parts));
        Losses losses = new Losses(parts);
        context.sc().addSparkListener(losses);
        Broadcast<SharedJob> shared = context.broadcast(job);
        Thread thread = new Thread(() -> work(new WorkerTask(name, shared)), "residual-workers");
        thread.setDaemon(true);
        thread.start();
        return new Started(shared, endpoint, losses, thread);
    }

    /** Spark counts the failures of a job's tasks. Those before a complete round are forgotten by starting another job. */
    private void work(WorkerTask task) {
        List<Integer> numbers = IntStream.range(0, job.workers()).boxed().collect(Collectors.toList());
        while (true) {
            long before = parts.complete();
            try {
                TaskErrors.translate(() -> {
                    context.parallelize(numbers, numbers.size()).foreach(task);
                    return numbers;
                });
                return;
            } catch (ResidualException e) {
                // Of another kind is what a worker itself has thrown.
                if (parts.complete() == before || e.kind() != Kind.BAD_RUN) {
                    parts.fail(e);
                    return;
                }
            }
        }
    }

    /** Workers whose tasks have failed, or whose executors are gone. */
    private static final class Losses extends SparkListener {
        private final RoundParts parts;

        Losses(RoundParts parts) {
            this.parts = parts;
        }

        @Override
        public void onTaskEnd(SparkListenerTaskEnd task) {
            if (!task.taskInfo().successful()) {
                parts.lost(task.taskInfo().taskId());
            }
        }
    }

    @Override
    public void close() {
        parts.close();
        if (started == null) {
            return;
        }
        try {
            started.thread().join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        context.sc().removeSparkListener(started.losses());
        SparkEnv.get().rpcEnv().stop(started.endpoint());
        started.shared().destroy();
    }
}
