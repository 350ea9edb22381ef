package io.residual.training.spec;

import java.io.Serializable;

/**
 * How the weights are found: plain SGD at a constant rate.
 *
 * @param epochs passes over the training images, 1 to 10,000
 * @param batchSize images per step, 1 to 65,536
 * @param learningRate above 0, at most 10
 */
public record OptimisationSpec(int epochs, int batchSize, double learningRate) implements Serializable {
    public OptimisationSpec {
        OptimisationSettings.EPOCHS.require(epochs);
        OptimisationSettings.BATCH_SIZE.require(batchSize);
        OptimisationSettings.LEARNING_RATE.require(learningRate);
    }
}
