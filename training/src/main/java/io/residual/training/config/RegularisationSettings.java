package io.residual.training.config;

import java.util.List;
import java.util.Map;

/** Settings of regularisation. */
final class RegularisationSettings {
    static final Setting<Double> LABEL_SMOOTHING = new Setting<>(
                    "labelSmoothing",
                    "share of a label that is spread over all classes",
                    ValueType.numbers(0, 0.9),
                    s -> s.optimisation().regularisation().labelSmoothing())
            .otherwise(0.0);

    static final Setting<Double> MIXUP = new Setting<>(
                    "mixup",
                    "alpha of mixup's beta distribution; 0 for none",
                    ValueType.numbers(0, 10),
                    s -> s.optimisation().regularisation().mixup())
            .otherwise(0.0);

    static final Setting<Double> CUTMIX = new Setting<>(
                    "cutmix",
                    "alpha of cutmix's beta distribution; 0 for none",
                    ValueType.numbers(0, 10),
                    s -> s.optimisation().regularisation().cutmix())
            .otherwise(0.0);

    static final Setting<Double> EMA_DECAY = new Setting<>(
                    "emaDecay",
                    "of the moving average of the weights, which is then what a run keeps; 0 for none",
                    ValueType.numbers(0, 0.999999),
                    s -> s.optimisation().regularisation().emaDecay())
            .otherwise(0.0);

    private static final List<Setting<?>> ALL = List.of(LABEL_SMOOTHING, MIXUP, CUTMIX, EMA_DECAY);

    private RegularisationSettings() {}

    static List<Setting<?>> all() {
        return ALL;
    }

    static RegularisationSpec defaults() {
        return build(new SettingValues(Map.of()));
    }

    static RegularisationSpec build(SettingValues texts) {
        return new RegularisationSpec(
                texts.value(LABEL_SMOOTHING), texts.value(MIXUP), texts.value(CUTMIX), texts.value(EMA_DECAY));
    }
}
