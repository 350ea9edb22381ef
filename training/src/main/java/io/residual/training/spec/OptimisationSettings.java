package io.residual.training.spec;

import java.util.List;

/** Settings of how the weights are found. */
final class OptimisationSettings {
    static final Setting<Integer> EPOCHS = new Setting<>(
            "epochs",
            "passes over the training images",
            Domain.wholeNumbers(1, 10_000),
            s -> s.optimisation().epochs());

    static final Setting<Integer> BATCH_SIZE = new Setting<>(
            "batchSize",
            "images per step",
            Domain.wholeNumbers(1, 65_536),
            s -> s.optimisation().batchSize());

    static final Setting<Double> LEARNING_RATE = new Setting<>(
            "learningRate",
            "step length of plain SGD",
            new Domain.Reals(0, 10),
            s -> s.optimisation().learningRate());

    private static final List<Setting<?>> ALL = List.of(EPOCHS, BATCH_SIZE, LEARNING_RATE);

    private OptimisationSettings() {}

    static List<Setting<?>> all() {
        return ALL;
    }

    static OptimisationSpec build(SettingTexts texts) {
        return new OptimisationSpec(texts.value(EPOCHS), texts.value(BATCH_SIZE), texts.value(LEARNING_RATE));
    }
}
