package io.residual.training.config;

import io.residual.training.config.Setting.Topic;

/**
 * What keeps a network from learning its images by heart, apart from augmentation and weight decay.
 *
 * @param labelSmoothing share of a label that is spread over all classes (Szegedy et al. 2016), 0 to 0.9
 * @param mixup both parameters of the beta distribution of mixup's shares (Zhang et al. 2018), 0 for none, to 10
 * @param cutmix the same for cutmix (Yun et al. 2019); if both are above 0, each batch has one or the other, by a coin
 * @param emaDecay of the moving average of the weights, 0 for none, below 1
 */
public record RegularisationSpec(double labelSmoothing, double mixup, double cutmix, double emaDecay) {
    static final SettingGroup<RegularisationSpec> SETTINGS =
            new SettingGroup<>(Topic.REGULARISATION, s -> s.optimisation().regularisation());

    static final Setting<Double> LABEL_SMOOTHING = SETTINGS.named(
                    "labelSmoothing", "share of a label that is spread over all classes")
            .withDefault(ValueType.numbers("SHARE", 0, 0.9), RegularisationSpec::labelSmoothing, 0.0);

    static final Setting<Double> MIXUP = SETTINGS.named("mixup", "alpha of mixup's beta distribution; 0 for no mixup")
            .withDefault(ValueType.numbers("ALPHA", 0, 10), RegularisationSpec::mixup, 0.0);

    static final Setting<Double> CUTMIX = SETTINGS.named(
                    "cutmix", "alpha of cutmix's beta distribution; 0 for no cutmix")
            .withDefault(ValueType.numbers("ALPHA", 0, 10), RegularisationSpec::cutmix, 0.0);

    static final Setting<Double> EMA_DECAY = SETTINGS.named(
                    "emaDecay",
                    "decay of the moving average of the weights (EMA), which is then evaluated and saved; 0 for no average")
            .withDefault(ValueType.numbers("DECAY", 0, 0.999999), RegularisationSpec::emaDecay, 0.0);

    public static final RegularisationSpec NONE = from(SettingValues.DEFAULTS);

    public RegularisationSpec {
        LABEL_SMOOTHING.require(labelSmoothing);
        MIXUP.require(mixup);
        CUTMIX.require(cutmix);
        EMA_DECAY.require(emaDecay);
    }

    static RegularisationSpec from(SettingValues values) {
        return new RegularisationSpec(
                values.get(LABEL_SMOOTHING), values.get(MIXUP), values.get(CUTMIX), values.get(EMA_DECAY));
    }
}
