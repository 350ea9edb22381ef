package io.residual.training.config;

import java.io.Serializable;

/**
 * How the weights are found.
 *
 * @param epochs passes over the training images, 1 to 10,000
 * @param batchSize images per forward and backward pass, 1 to 65,536
 * @param learningRate the highest of the schedule, above 0, at most 10
 * @param patience epochs without a better validation accuracy after which a run ends, 0 for none
 */
public record OptimisationSpec(
        int epochs,
        int batchSize,
        double learningRate,
        ScheduleSpec schedule,
        UpdateSpec update,
        RegularisationSpec regularisation,
        int patience,
        Precision precision)
        implements Serializable {
    public OptimisationSpec {
        OptimisationSettings.EPOCHS.require(epochs);
        OptimisationSettings.BATCH_SIZE.require(batchSize);
        OptimisationSettings.LEARNING_RATE.require(learningRate);
        OptimisationSettings.PATIENCE.require(patience);
        if (schedule.lowestRate() > learningRate) {
            throw new IllegalArgumentException(
                    "lowestRate " + schedule.lowestRate() + " is above learningRate " + learningRate);
        }
        if (schedule.warmupEpochs() > epochs) {
            throw new IllegalArgumentException(
                    "warmupEpochs " + schedule.warmupEpochs() + " is more than epochs " + epochs);
        }
    }

    /** Plain SGD at a constant rate, with nothing else. */
    public OptimisationSpec(int epochs, int batchSize, double learningRate) {
        this(
                epochs,
                batchSize,
                learningRate,
                ScheduleSpec.CONSTANT,
                UpdateSpec.PLAIN,
                RegularisationSpec.NONE,
                0,
                Precision.FLOAT32);
    }
}
