package io.residual.spark.training;

import io.residual.training.loop.StepExecutor.Step;
import java.util.List;

/**
 * What a worker has after a round.
 *
 * @param values gradients or a state, see {@link Round.Exchange}
 * @param losses of its part of each batch
 * @param hits of its part of each batch
 * @param images in its part of each batch
 */
// Arrays: they travel, and are as large as the network.
@SuppressWarnings("ArrayRecordComponent")
record WorkerResult(float[] values, double[] losses, long[] hits, int[] images) {
    static WorkerResult of(float[] values, List<Step> steps) {
        return new WorkerResult(
                values,
                steps.stream().mapToDouble(Step::loss).toArray(),
                steps.stream().mapToLong(Step::hits).toArray(),
                steps.stream().mapToInt(Step::images).toArray());
    }

    /** Of all steps. */
    long allImages() {
        long sum = 0;
        for (int count : images) {
            sum += count;
        }
        return sum;
    }
}
