package io.residual.training.loop;

import io.residual.data.ImageSet;
import io.residual.training.config.TrainingSpec;
import io.residual.training.network.ComputeKernels;

/** Workers in other processes that take the steps of runs together: each trains on its part of every batch. */
public interface WorkerGroup {
    /** How many there are, at least 1. */
    int size();

    /** For logs and manifests, such as "2 workers of Spark, averaged after every step". */
    String describe();

    /**
     * Fails if they cannot train so.
     *
     * @param images that the run is trained on
     * @throws io.residual.core.ResidualException of kind BAD_SETTING that says what to change
     */
    void requireFits(TrainingSpec spec, ImageSet images);

    /**
     * The steps of a run.
     *
     * @param local has the run's state between the steps, and does everything else
     * @param kernels that computed the state, which those of the workers must be
     * @param images that the run is trained on
     */
    StepExecutor executor(GraphExecutor local, TrainingSpec spec, ComputeKernels kernels, ImageSet images);
}
