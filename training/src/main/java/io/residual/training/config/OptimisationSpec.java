package io.residual.training.config;

import io.residual.training.config.Setting.Topic;

/**
 * How the weights are found.
 *
 * @param epochs passes over the training images, 1 to 10,000
 * @param batchSize images per forward and backward pass, 1 to 65,536
 * @param learningRate the highest of the schedule, above 0, at most 10
 * @param patience epochs without a better one after which a run ends, 0 for none
 * @param monitor what makes an epoch better
 */
public record OptimisationSpec(
        int epochs,
        int batchSize,
        double learningRate,
        ScheduleSpec schedule,
        UpdateSpec update,
        RegularisationSpec regularisation,
        ImbalanceSpec imbalance,
        int patience,
        Monitor monitor,
        Precision precision) {
    /** Images of the largest batch. */
    public static final int MAX_BATCH_SIZE = 65_536;

    static final SettingGroup<OptimisationSpec> SETTINGS = new SettingGroup<>(OptimisationSpec.class, Topic.SCHEDULE)
            .named("epochs", "passes over the training images")
            .required(ValueType.wholeNumbers("EPOCHS", 1, 10_000))
            .named("batchSize", "images per forward and backward pass")
            .required(ValueType.wholeNumbers("IMAGES", 1, MAX_BATCH_SIZE))
            .named("learningRate", "highest learning rate of the schedule")
            .required(ValueType.numbersAbove("RATE", 0, 10))
            .part(ScheduleSpec.SETTINGS)
            .part(UpdateSpec.SETTINGS)
            .part(RegularisationSpec.SETTINGS)
            .part(ImbalanceSpec.SETTINGS)
            .topic(Topic.RUN)
            .named(
                    "patience",
                    "epochs without a better one on validation after which the run is stopped early; 0 for never")
            .optional(ValueType.wholeNumbers("EPOCHS", 0, 10_000), 0)
            .named("monitor", "metric of the validation images that says which epoch is better")
            .optional(Monitor.ACCURACY)
            .named(
                    "precision",
                    "number format of the factors in convolutions, and with bf16 of activations; tf32 needs a GPU,"
                            + " bf16 a GPU or oneDNN")
            .optional(Precision.FLOAT32);

    public OptimisationSpec {
        SETTINGS.require(
                epochs,
                batchSize,
                learningRate,
                schedule,
                update,
                regularisation,
                imbalance,
                patience,
                monitor,
                precision);
        if (schedule.lowestRate() > learningRate) {
            throw new IllegalArgumentException(
                    "lowestRate " + schedule.lowestRate() + " is above learningRate " + learningRate);
        }
        if (schedule.warmupEpochs() > epochs) {
            throw new IllegalArgumentException(
                    "warmupEpochs " + schedule.warmupEpochs() + " is more than epochs " + epochs);
        }
        if (imbalance.skipLearnt() > 0 && regularisation.mixup() + regularisation.cutmix() > 0) {
            throw new IllegalArgumentException("skipLearnt " + imbalance.skipLearnt()
                    + " with mixup or cutmix: whether an image is learnt does not show in a mixture: use one of them");
        }
    }

    /** Plain SGD at a constant rate, without regularisation. */
    public OptimisationSpec(int epochs, int batchSize, double learningRate) {
        this(
                epochs,
                batchSize,
                learningRate,
                ScheduleSpec.CONSTANT,
                UpdateSpec.PLAIN,
                RegularisationSpec.NONE,
                ImbalanceSpec.NONE,
                0,
                Monitor.ACCURACY,
                Precision.FLOAT32);
    }

    /** The same with batches of another size. */
    OptimisationSpec withBatchSize(int images) {
        return new OptimisationSpec(
                epochs,
                images,
                learningRate,
                schedule,
                update,
                regularisation,
                imbalance,
                patience,
                monitor,
                precision);
    }
}
