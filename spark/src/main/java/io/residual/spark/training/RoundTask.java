package io.residual.spark.training;

import org.apache.spark.api.java.function.Function;
import org.apache.spark.broadcast.Broadcast;

/**
 * A worker's part of a round, as a task. It depends on nothing but what it is given, so that one that is lost with its
 * executor is repeated by another with the same result.
 *
 * @param run its {@link SharedJob#id}
 */
record RoundTask(String run, Broadcast<SharedJob> job, Broadcast<float[]> values, Round round)
        implements Function<Integer, WorkerResult> {
    private static final long serialVersionUID = 1;

    @Override
    public WorkerResult call(Integer part) {
        return WorkerPool.ofThisProcess().take(run, job::value, round, part, values.value());
    }
}
