package io.residual.training.config;

import io.residual.training.config.Setting.Topic;
import java.util.Map;

/**
 * What keeps a network from learning its images by heart, apart from augmentation and weight decay.
 *
 * @param labelSmoothing share of a label that is spread over all classes (Szegedy et al. 2016), 0 to 0.9
 * @param mixup both parameters of the beta distribution of mixup's shares (Zhang et al. 2018), 0 for none, to 10
 * @param cutmix the same for cutmix (Yun et al. 2019); if both are above 0, each batch has one or the other, by a coin
 * @param emaDecay of the moving average of the weights, 0 for none, below 1
 */
public record RegularisationSpec(double labelSmoothing, double mixup, double cutmix, double emaDecay) {
    static final SettingGroup<RegularisationSpec> SETTINGS = new SettingGroup<>(
                    RegularisationSpec.class, Topic.REGULARISATION)
            .named("labelSmoothing", "share of a label that is spread over all classes")
            .optional(ValueType.numbers("SHARE", 0, 0.9), 0.0)
            .named("mixup", "alpha of mixup's beta distribution; 0 for no mixup")
            .optional(ValueType.numbers("ALPHA", 0, 10), 0.0)
            .named("cutmix", "alpha of cutmix's beta distribution; 0 for no cutmix")
            .optional(ValueType.numbers("ALPHA", 0, 10), 0.0)
            .named(
                    "emaDecay",
                    "decay of the moving average of the weights (EMA), which is then evaluated and saved; 0 for no"
                            + " average")
            .optional(ValueType.numbers("DECAY", 0, 0.999999), 0.0);

    public static final RegularisationSpec NONE = SETTINGS.from(Map.of());

    public RegularisationSpec {
        SETTINGS.require(labelSmoothing, mixup, cutmix, emaDecay);
    }
}
