package io.residual.training.config;

import java.util.List;
import java.util.Map;

/** Settings of the step that a gradient becomes. */
final class UpdateSettings {
    static final Setting<Optimiser> OPTIMISER = new Setting<>(
                    "optimiser",
                    "what turns gradients into steps",
                    ValueType.wordsOf(Optimiser.values()),
                    s -> s.optimisation().update().optimiser())
            .otherwise(Optimiser.SGD);

    static final Setting<Double> MOMENTUM = new Setting<>(
                    "momentum",
                    "of sgd and nesterov",
                    ValueType.numbers(0, 0.9999),
                    s -> s.optimisation().update().momentum())
            .otherwise(0.0);

    static final Setting<Double> WEIGHT_DECAY = new Setting<>(
                    "weightDecay",
                    "draws weights to zero, but neither biases nor batch norm",
                    ValueType.numbers(0, 1),
                    s -> s.optimisation().update().weightDecay())
            .otherwise(0.0);

    static final Setting<WeightDecay> WEIGHT_DECAY_MODE = new Setting<>(
                    "weightDecayMode",
                    "as part of the gradient, or past the optimiser",
                    ValueType.wordsOf(WeightDecay.values()),
                    s -> s.optimisation().update().weightDecayMode())
            .otherwise(WeightDecay.L2);

    static final Setting<Double> CLIP_NORM = new Setting<>(
                    "clipNorm",
                    "most norm of the whole gradient; 0 for any",
                    ValueType.numbers(0, 1e6),
                    s -> s.optimisation().update().clipNorm())
            .otherwise(0.0);

    static final Setting<Double> ADAPTIVE_CLIPPING = new Setting<>(
                    "adaptiveClipping",
                    "most norm of a unit's gradient as a share of its weights'; 0 for any",
                    ValueType.numbers(0, 100),
                    s -> s.optimisation().update().adaptiveClipping())
            .otherwise(0.0);

    static final Setting<Double> RATE_FACTOR = new Setting<>(
                    "rateFactor",
                    "on the learning rate from each depth to the next; below 1 layers near the image learn fastest",
                    ValueType.numbers(0.1, 10),
                    s -> s.optimisation().update().rateFactor())
            .otherwise(1.0);

    static final Setting<Integer> ACCUMULATION = new Setting<>(
                    "accumulation",
                    "batches whose gradients make one step",
                    ValueType.wholeNumbers(1, 1000),
                    s -> s.optimisation().update().accumulation())
            .otherwise(1);

    private static final List<Setting<?>> ALL = List.of(
            OPTIMISER,
            MOMENTUM,
            WEIGHT_DECAY,
            WEIGHT_DECAY_MODE,
            CLIP_NORM,
            ADAPTIVE_CLIPPING,
            RATE_FACTOR,
            ACCUMULATION);

    private UpdateSettings() {}

    static List<Setting<?>> all() {
        return ALL;
    }

    static UpdateSpec defaults() {
        return build(new SettingValues(Map.of()));
    }

    static UpdateSpec build(SettingValues texts) {
        return new UpdateSpec(
                texts.value(OPTIMISER),
                texts.value(MOMENTUM),
                texts.value(WEIGHT_DECAY),
                texts.value(WEIGHT_DECAY_MODE),
                texts.value(CLIP_NORM),
                texts.value(ADAPTIVE_CLIPPING),
                texts.value(RATE_FACTOR),
                texts.value(ACCUMULATION));
    }
}
