package io.residual.spark.training;

import java.util.List;

/** Workers that take the steps of one run. */
interface Workers extends AutoCloseable {
    /**
     * All take the steps of a round, each on its part of the batches.
     *
     * @param values to start from, see {@link Round.Exchange}
     * @return one for each worker, in their order
     */
    List<WorkerResult> take(Round round, float[] values);

    @Override
    void close();
}
