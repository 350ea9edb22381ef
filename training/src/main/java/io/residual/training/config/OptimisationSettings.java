package io.residual.training.config;

import java.util.List;
import java.util.stream.Stream;

/** Settings of how the weights are found. */
final class OptimisationSettings {
    static final Setting<Integer> EPOCHS = new Setting<>(
            "epochs",
            "passes over the training images",
            ValueType.wholeNumbers(1, 10_000),
            s -> s.optimisation().epochs());

    static final Setting<Integer> BATCH_SIZE = new Setting<>(
            "batchSize",
            "images per forward and backward pass",
            ValueType.wholeNumbers(1, 65_536),
            s -> s.optimisation().batchSize());

    static final Setting<Double> LEARNING_RATE = new Setting<>(
            "learningRate",
            "highest rate of the schedule",
            new ValueType.Reals(0, 10),
            s -> s.optimisation().learningRate());

    static final Setting<Integer> PATIENCE = new Setting<>(
                    "patience",
                    "epochs without a better validation accuracy after which a run ends; 0 for none",
                    ValueType.wholeNumbers(0, 10_000),
                    s -> s.optimisation().patience())
            .otherwise(0);

    static final Setting<Precision> PRECISION = new Setting<>(
                    "precision",
                    "of the factors of convolutions, on oneDNN",
                    ValueType.wordsOf(Precision.values()),
                    s -> s.optimisation().precision())
            .otherwise(Precision.FLOAT32);

    private static final List<Setting<?>> ALL = Stream.of(
                    List.<Setting<?>>of(EPOCHS, BATCH_SIZE, LEARNING_RATE),
                    ScheduleSettings.all(),
                    UpdateSettings.all(),
                    RegularisationSettings.all(),
                    List.<Setting<?>>of(PATIENCE, PRECISION))
            .flatMap(List::stream)
            .toList();

    private OptimisationSettings() {}

    static List<Setting<?>> all() {
        return ALL;
    }

    static OptimisationSpec build(SettingValues texts) {
        return new OptimisationSpec(
                texts.value(EPOCHS),
                texts.value(BATCH_SIZE),
                texts.value(LEARNING_RATE),
                ScheduleSettings.build(texts),
                UpdateSettings.build(texts),
                RegularisationSettings.build(texts),
                texts.value(PATIENCE),
                texts.value(PRECISION));
    }
}
