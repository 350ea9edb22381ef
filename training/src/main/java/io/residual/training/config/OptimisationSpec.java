package io.residual.training.config;

import io.residual.training.config.Setting.Topic;

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
        Precision precision) {
    static final SettingGroup<OptimisationSpec> SCHEDULE =
            new SettingGroup<>(Topic.SCHEDULE, TrainingSpec::optimisation);
    static final SettingGroup<OptimisationSpec> RUN = new SettingGroup<>(Topic.RUN, TrainingSpec::optimisation);

    static final Setting<Integer> EPOCHS = SCHEDULE.named("epochs", "passes over the training images")
            .required(ValueType.wholeNumbers("EPOCHS", 1, 10_000), OptimisationSpec::epochs);

    static final Setting<Integer> BATCH_SIZE = SCHEDULE.named("batchSize", "images per forward and backward pass")
            .required(ValueType.wholeNumbers("IMAGES", 1, 65_536), OptimisationSpec::batchSize);

    static final Setting<Double> LEARNING_RATE = SCHEDULE.named("learningRate", "highest learning rate of the schedule")
            .required(ValueType.numbersAbove("RATE", 0, 10), OptimisationSpec::learningRate);

    static final Setting<Integer> PATIENCE = RUN.named(
                    "patience",
                    "epochs without a better validation accuracy after which the run is stopped early; 0 for never")
            .withDefault(ValueType.wholeNumbers("EPOCHS", 0, 10_000), OptimisationSpec::patience, 0);

    static final Setting<Precision> PRECISION = RUN.named(
                    "precision", "number format of the factors in convolutions; bf16 needs oneDNN")
            .withDefault(ValueType.wordsOf(Precision.values()), OptimisationSpec::precision, Precision.FLOAT32);

    public OptimisationSpec {
        EPOCHS.require(epochs);
        BATCH_SIZE.require(batchSize);
        LEARNING_RATE.require(learningRate);
        PATIENCE.require(patience);
        if (schedule.lowestRate() > learningRate) {
            throw new IllegalArgumentException(
                    "lowestRate " + schedule.lowestRate() + " is above learningRate " + learningRate);
        }
        if (schedule.warmupEpochs() > epochs) {
            throw new IllegalArgumentException(
                    "warmupEpochs " + schedule.warmupEpochs() + " is more than epochs " + epochs);
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
                0,
                Precision.FLOAT32);
    }

    static OptimisationSpec from(SettingValues values) {
        return new OptimisationSpec(
                values.get(EPOCHS),
                values.get(BATCH_SIZE),
                values.get(LEARNING_RATE),
                ScheduleSpec.from(values),
                UpdateSpec.from(values),
                RegularisationSpec.from(values),
                values.get(PATIENCE),
                values.get(PRECISION));
    }
}
