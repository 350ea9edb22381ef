package io.residual.laboratory.twins;

import io.residual.training.CommandException;
import io.residual.training.ExitStatus;
import io.residual.training.data.BatchOrder;
import io.residual.training.data.ImageBatches;
import io.residual.training.data.ImageSet;
import io.residual.training.data.LastBatch;
import io.residual.training.fit.Position;
import io.residual.training.fit.Trainer;
import io.residual.training.network.Network;
import io.residual.training.spec.TrainingSpec;
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
            Trainer.Watcher watcher,
            BooleanSupplier enough) {
        int batch = spec.optimisation().batchSize();
        Trainer trainer = new Trainer(
                network,
                spec,
                new ImageBatches(
                        training,
                        batch,
                        spec.data().input(),
                        new BatchOrder.Shuffled(spec.seed()),
                        LastBatch.DROP,
                        spec.data().augmentation().augmenter(spec.seed())),
                validation,
                new ImageBatches(validation, batch, spec.data().input(), new BatchOrder.Sequential()));
        try {
            trainer.train(Position.START, spec.optimisation().epochs(), watcher, enough);
            return "";
        } catch (CommandException e) {
            if (e.status() == ExitStatus.DIVERGED) {
                return String.valueOf(e.getMessage());
            }
            throw e;
        }
    }
}
