package io.residual.training.config;

import java.io.Serializable;

/**
 * What keeps a network from learning its images by heart, apart from augmentation and weight decay.
 *
 * @param labelSmoothing share of a label that is spread over all classes (Szegedy et al. 2016), 0 to 0.9
 * @param mixup both parameters of the beta distribution of mixup's shares (Zhang et al. 2018), 0 for none, to 10
 * @param cutmix the same for cutmix (Yun et al. 2019); where both are above 0, each batch has one or the other, by a coin
 * @param emaDecay of the moving average of the weights, 0 for none, below 1
 */
public record RegularisationSpec(double labelSmoothing, double mixup, double cutmix, double emaDecay)
        implements Serializable {
    public static final RegularisationSpec NONE = RegularisationSettings.defaults();

    public RegularisationSpec {
        RegularisationSettings.LABEL_SMOOTHING.require(labelSmoothing);
        RegularisationSettings.MIXUP.require(mixup);
        RegularisationSettings.CUTMIX.require(cutmix);
        RegularisationSettings.EMA_DECAY.require(emaDecay);
    }
}
