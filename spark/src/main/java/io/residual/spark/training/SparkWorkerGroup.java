package io.residual.spark.training;

import io.residual.core.ResidualException;
import io.residual.core.ResidualException.Kind;
import io.residual.data.ImageSet;
import io.residual.training.config.TrainingSpec;
import io.residual.training.loop.GraphExecutor;
import io.residual.training.loop.StepExecutor;
import io.residual.training.loop.TrainingLoop;
import io.residual.training.loop.WorkerGroup;
import io.residual.training.network.ComputeKernels;
import org.apache.spark.api.java.JavaSparkContext;

/**
 * Workers of a Spark cluster.
 *
 * @param size how many share each batch, at least 1; with fewer cores in the cluster some wait for others
 * @param averageEvery steps after which their states are averaged; 1 to add up their gradients
 */
record SparkWorkerGroup(JavaSparkContext context, int size, int averageEvery) implements WorkerGroup {
    @Override
    public String describe() {
        return size + (size == 1 ? " worker" : " workers") + " of Spark, "
                + (averageEvery == 1 ? "synchronous" : "averaged after every " + averageEvery + " steps");
    }

    @Override
    public void requireFits(TrainingSpec spec, ImageSet images) {
        int accumulation = spec.optimisation().update().accumulation();
        int batch = spec.optimisation().batchSize();
        if (accumulation > 1 && averageEvery > 1) {
            throw new ResidualException(
                    Kind.BAD_SETTING,
                    "accumulation " + accumulation + ": workers whose weights are averaged after " + averageEvery
                            + " steps update them after each batch: use accumulation 1, or average after every step");
        }
        double skipLearnt = spec.optimisation().imbalance().skipLearnt();
        if (skipLearnt > 0) {
            throw new ResidualException(
                    Kind.BAD_SETTING,
                    "skipLearnt " + skipLearnt + ": workers do not share which images are learnt: use skipLearnt 0");
        }
        if (size > 1 && Math.min(batch, images.size()) < TrainingLoop.MIN_IMAGES * size) {
            throw new ResidualException(
                    Kind.BAD_SETTING,
                    "batchSize " + batch + ", of " + images.size() + " images: " + size + " workers need at least "
                            + TrainingLoop.MIN_IMAGES + " images each: use larger batches or fewer workers");
        }
    }

    @Override
    public StepExecutor executor(GraphExecutor local, TrainingSpec spec, ComputeKernels kernels, ImageSet images) {
        return new ClusterExecutor(
                local, new SparkWorkers(context, SharedJob.of(spec, kernels, size, images)), size, averageEvery);
    }
}
