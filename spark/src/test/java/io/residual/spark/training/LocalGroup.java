package io.residual.spark.training;

import io.residual.data.ImageSet;
import io.residual.training.config.TrainingSpec;
import io.residual.training.loop.GraphExecutor;
import io.residual.training.loop.StepExecutor;
import io.residual.training.loop.WorkerGroup;
import io.residual.training.network.ComputeKernels;
import java.util.ArrayList;
import java.util.List;

/**
 * Workers that this process plays.
 *
 * @param made for the runs that were trained
 */
record LocalGroup(int size, int averageEvery, List<LocalWorkers> made) implements WorkerGroup {
    static LocalGroup of(int size, int averageEvery) {
        return new LocalGroup(size, averageEvery, new ArrayList<>());
    }

    @Override
    public String describe() {
        return size + " workers in this process";
    }

    @Override
    public void requireFits(TrainingSpec spec, ImageSet images) {
        // What is tested does.
    }

    @Override
    public StepExecutor executor(GraphExecutor local, TrainingSpec spec, ComputeKernels kernels, ImageSet images) {
        LocalWorkers workers = new LocalWorkers(SharedJob.of(spec, kernels, size, images));
        made.add(workers);
        return new ClusterExecutor(local, workers, size, averageEvery);
    }

    /** Those that were taken. */
    List<Round> rounds() {
        return made.stream().flatMap(workers -> workers.rounds().stream()).toList();
    }
}
