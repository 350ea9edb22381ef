package io.residual.laboratory.experiments.training;

import io.residual.data.ImageBatches;
import io.residual.training.network.GraphNetwork;

/**
 * What a probe looks at.
 *
 * @param training batches that it is trained on, at the start of an epoch
 * @param heldOut batches that it is judged on, at the start of an epoch
 */
record ProbeTarget(GraphNetwork network, ImageBatches training, ImageBatches heldOut, SampledImages images) {}
