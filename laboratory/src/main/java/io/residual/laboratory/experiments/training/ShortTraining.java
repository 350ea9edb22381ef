package io.residual.laboratory.experiments.training;

import io.residual.core.ResidualException;
import io.residual.core.ResidualException.Kind;
import io.residual.data.BatchOrder;
import io.residual.data.ImageBatches;
import io.residual.data.ImageSet;
import io.residual.data.LastBatch;
import io.residual.training.config.TrainingSpec;
import io.residual.training.loop.GraphExecutor;
import io.residual.training.loop.Position;
import io.residual.training.loop.TrainingListener;
import io.residual.training.loop.TrainingLoop;
import io.residual.training.network.Network;
import java.util.function.BooleanSupplier;

/** The first steps of a training, as the command {@code train} takes them. */
public final class ShortTraining {
    private ShortTraining() {}

    /**
     * Trains until it is enough, or the spec's epochs are over.
     *
     * @param network at its start
     * @param enough asked after every step
     * @return how it diverged; empty if it did not
     */
    public static String run(
            Network network,
            TrainingSpec spec,
            ImageSet training,
            ImageSet validation,
            TrainingListener watcher,
            BooleanSupplier enough) {
        int batch = spec.optimisation().batchSize();
        ImageBatches batches = new ImageBatches(
                training,
                batch,
                spec.data().input(),
                new BatchOrder.Shuffled(spec.seed()),
                LastBatch.DROP,
                spec.data().augmentation().augmenter(spec.seed()));
        TrainingLoop trainer = new TrainingLoop(
                new GraphExecutor(network, spec, training.classNames().size(), batches.batches()),
                batches,
                validation,
                new ImageBatches(validation, batch, spec.data().input(), new BatchOrder.Sequential()));
        try {
            trainer.train(Position.START, spec.optimisation().epochs(), watcher, enough);
            return "";
        } catch (ResidualException e) {
            if (e.kind() == Kind.DIVERGED) {
                return String.valueOf(e.getMessage());
            }
            throw e;
        }
    }
}
