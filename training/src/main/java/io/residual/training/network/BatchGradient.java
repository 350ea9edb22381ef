package io.residual.training.network;

import io.residual.onednn.step.LogitLoss;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Forward and backward pass of a graph, without the graph's own bookkeeping. */
@FunctionalInterface
public interface BatchGradient {
    /**
     * The outcome of a batch.
     *
     * @param loss mean over the images, in nats
     * @param hits images whose highest logit is that of their largest label
     */
    record Outcome(double loss, long hits) {}

    /**
     * Writes the gradient of the summed loss into the graph's flat array.
     *
     * @param images FLOAT [N, channels, height, width]
     * @param labels distributions over the classes, FLOAT [N, classes]
     * @param loss of the logits
     */
    Outcome of(INDArray images, INDArray labels, Loss loss);

    /** A loss of logits, for those who do not know oneDNN. */
    @FunctionalInterface
    interface Loss extends LogitLoss {
        /** That of a softmax; the labels of an image need not sum to 1. */
        Loss CROSS_ENTROPY = LogitLoss.CROSS_ENTROPY::replace;
    }
}
