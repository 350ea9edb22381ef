package io.residual.spark.training;

import io.residual.spark.cluster.TaskErrors;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.jspecify.annotations.Nullable;

/** Workers that are tasks of a cluster: each round is a job with one task for each. */
final class SparkWorkers implements Workers {
    private final JavaSparkContext context;
    private final SharedJob job;
    /** Absent before the first round: not every executor that is made takes steps. */
    private @Nullable Broadcast<SharedJob> shared;

    SparkWorkers(JavaSparkContext context, SharedJob job) {
        this.context = context;
        this.job = job;
    }

    @Override
    public List<WorkerResult> take(Round round, float[] values) {
        if (shared == null) {
            shared = context.broadcast(job);
        }
        Broadcast<float[]> start = context.broadcast(values);
        try {
            RoundTask task = new RoundTask(job.id(), shared, start, round);
            List<Integer> parts = IntStream.range(0, round.workers()).boxed().collect(Collectors.toList());
            return TaskErrors.translate(
                    () -> context.parallelize(parts, parts.size()).map(task).collect());
        } finally {
            start.destroy();
        }
    }

    @Override
    public void close() {
        if (shared != null) {
            shared.destroy();
        }
    }
}
