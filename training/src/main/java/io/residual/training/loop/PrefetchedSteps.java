package io.residual.training.loop;

import io.residual.data.Batch;
import io.residual.data.ImageBatches;
import io.residual.data.Prefetch;
import io.residual.training.loop.StepExecutor.Step;
import java.util.List;

/** Steps one by one, on batches that are made ahead while the network trains on another. */
public final class PrefetchedSteps implements StepExecutor.Steps {
    private final Prefetch batches;
    private final BatchStep step;
    private final int epoch;
    private long iteration;

    /** A step on a batch. */
    @FunctionalInterface
    public interface BatchStep {
        /**
         * Takes it.
         *
         * @param batch whose images may change
         * @param epoch from 0
         * @param iteration steps of the run before this one
         */
        Step take(Batch batch, int epoch, long iteration);
    }

    public PrefetchedSteps(ImageBatches batches, Position from, BatchStep step) {
        this.batches = new Prefetch(batches.epoch(from.epochs()).skip(from.steps()), TrainingLoop.BATCHES_AHEAD);
        this.step = step;
        this.epoch = from.epochs();
        this.iteration = from.iterations();
    }

    @Override
    public boolean hasNext() {
        return batches.hasNext();
    }

    @Override
    public List<Step> next() {
        try (Batch batch = batches.next()) {
            return List.of(step.take(batch, epoch, iteration++));
        }
    }

    @Override
    public void close() {
        batches.close();
    }
}
