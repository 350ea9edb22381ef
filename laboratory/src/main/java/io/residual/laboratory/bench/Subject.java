package io.residual.laboratory.bench;

import io.residual.training.data.ImageBatches;
import io.residual.training.network.GraphNetwork;

/**
 * What a probe looks at.
 *
 * @param training batches that it is trained on, at the start of an epoch
 * @param heldOut batches that it is judged on, at the start of an epoch
 */
record Subject(GraphNetwork network, ImageBatches training, ImageBatches heldOut, DrawnImages images) {}
