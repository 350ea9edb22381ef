package io.residual.spark.training;

import io.residual.core.ResidualException;
import io.residual.core.ResidualException.Kind;
import io.residual.data.Batch;
import io.residual.data.ImageBatches;
import io.residual.data.ImageSet;
import io.residual.training.config.TrainingSpec;
import io.residual.training.loop.GraphExecutor;
import io.residual.training.loop.StepExecutor.Step;
import io.residual.training.loop.TrainingLoop;
import io.residual.training.network.ComputeKernels;
import io.residual.training.network.KernelChoice;
import io.residual.training.network.Network;
import io.residual.training.run.ModelFiles;
import java.util.ArrayList;
import java.util.List;

/**
 * A network that takes the steps of any worker: whatever it did before, the result of a round follows from the round, the
 * part and the values alone. Not for several threads at once.
 */
final class Worker {
    private final ImageBatches batches;
    private final GraphExecutor executor;
    /** Of the epoch that the batches are in. */
    private int next;

    /**
     * Makes the network.
     *
     * @throws ResidualException of kind NO_BACKEND if this process lacks the kernels that the run is trained with
     */
    Worker(SharedJob job) {
        ImageSet images = job.images();
        TrainingSpec spec = job.trainingSpec();
        ComputeKernels kernels = kernels(job.computeKernels());
        Network network = ModelFiles.initial(
                spec, spec.resNet(images.channels(), images.classNames().size()), kernels);
        this.batches = TrainingLoop.batches(spec, images, job.workers());
        this.executor = GraphExecutor.of(network, spec, batches);
    }

    private static ComputeKernels kernels(ComputeKernels wanted) {
        KernelChoice choice = wanted == ComputeKernels.ONEDNN ? KernelChoice.ONEDNN : KernelChoice.STOCK;
        if (choice.resolve() != wanted) {
            throw new ResidualException(
                    Kind.NO_BACKEND,
                    "an executor cannot load oneDNN, with which the run is trained; its log says why: train with"
                            + " --kernels stock, or on executors of the same system as this one");
        }
        return wanted;
    }

    /**
     * A round.
     *
     * @param part of each batch, from 0
     * @param values to start from
     */
    WorkerResult take(Round round, int part, float[] values) {
        if (batches.epoch() != round.epoch() || next > round.step()) {
            batches.epoch(round.epoch());
            next = 0;
        }
        batches.skip(round.step() - next);
        next = round.step();
        return switch (round.exchange()) {
            case GRADIENTS -> gradients(round, part, values);
            case STATES -> steps(round, part, values);
        };
    }

    private WorkerResult gradients(Round round, int part, float[] weights) {
        FlatState.restore(executor.parameters(), weights);
        int complete = Math.min(batches.batchSize(), batches.imagesPerEpoch() - next * batches.batchSize());
        try (Batch batch = next(part, round)) {
            Step step = executor.gradient(batch, round.epoch(), round.iteration());
            executor.scaleStatistics((double) batch.size() / complete);
            return WorkerResult.of(FlatState.of(executor.gradient()), List.of(step));
        }
    }

    private WorkerResult steps(Round round, int part, float[] state) {
        FlatState.restore(executor, state);
        List<Step> steps = new ArrayList<>();
        for (int i = 0; i < round.steps(); i++) {
            try (Batch batch = next(part, round)) {
                steps.add(executor.step(batch, round.epoch(), round.iteration() + i));
            }
        }
        return WorkerResult.of(FlatState.of(executor), steps);
    }

    private Batch next(int part, Round round) {
        Batch batch = batches.nextPart(part, round.workers());
        next++;
        return batch;
    }
}
