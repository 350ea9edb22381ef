package io.residual.training.network;

import org.nd4j.linalg.api.ndarray.INDArray;

/** Gives class probabilities. */
@FunctionalInterface
public interface Predictor {
    /**
     * Class probabilities, in inference mode.
     *
     * @param images as the network takes them, FLOAT [N, channels, height, width]
     * @return [N, classes]
     */
    INDArray probabilities(INDArray images);
}
