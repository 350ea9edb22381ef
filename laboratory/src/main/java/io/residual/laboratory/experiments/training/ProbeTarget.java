package io.residual.laboratory.experiments.training;

import io.residual.data.ImageBatches;
import io.residual.training.config.TrainingSpec;
import io.residual.training.loop.TrainingLoop;
import io.residual.training.network.GraphNetwork;

/** A network to measure, with the spec and the images that it is trained with. */
record ProbeTarget(GraphNetwork network, TrainingSpec spec, SampledImages images) {
    /** The batches that it is trained on, at the start of an epoch. */
    ImageBatches training() {
        return TrainingLoop.batches(spec, images.training());
    }

    /** The batches that it is evaluated on. */
    ImageBatches heldOut() {
        return ImageBatches.inOrder(images.heldOut(), spec.data().input());
    }
}
