package io.residual.training.config;

import io.residual.data.augment.RandAugment;
import io.residual.data.augment.RandomCrop.Padding;
import io.residual.data.augment.RandomErasing.Fill;
import io.residual.training.config.AugmentationSpec.Flip;
import java.util.List;

/** Settings of what is changed at random in the training images; all of it is off by itself. */
final class AugmentationSettings {
    static final Setting<Integer> CROP = new Setting<>(
                    "crop",
                    "border around images that they are cut out of at random, in pixels; 4 is usual, 0 is off",
                    ValueType.wholeNumbers(0, 256),
                    s -> s.data().augmentation().crop())
            .otherwise(0);

    static final Setting<Padding> CROP_PADDING = new Setting<>(
                    "cropPadding",
                    "what that border shows: black or the image mirrored",
                    ValueType.wordsOf(Padding.values()),
                    s -> s.data().augmentation().cropPadding())
            .otherwise(Padding.ZERO);

    static final Setting<Flip> FLIP = new Setting<>(
                    "flip",
                    "whether every other image is mirrored",
                    ValueType.wordsOf(Flip.values()),
                    s -> s.data().augmentation().flip())
            .otherwise(Flip.NONE);

    static final Setting<Double> ROTATE = new Setting<>(
                    "rotate",
                    "most degrees that images are turned to either side",
                    ValueType.numbers(0, 180),
                    s -> s.data().augmentation().rotate())
            .otherwise(0.0);

    static final Setting<Double> SHIFT = new Setting<>(
                    "shift",
                    "most that images are moved in each direction, as a share of their side",
                    ValueType.numbers(0, 1),
                    s -> s.data().augmentation().shift())
            .otherwise(0.0);

    static final Setting<Integer> RAND_AUGMENT = new Setting<>(
                    "randAugment",
                    "operations of RandAugment per image; 2 is usual, 0 is off",
                    ValueType.wholeNumbers(0, 8),
                    s -> s.data().augmentation().randAugment())
            .otherwise(0);

    static final Setting<Integer> RAND_AUGMENT_MAGNITUDE = new Setting<>(
                    "randAugmentMagnitude",
                    "strength of each of them; 9 is usual",
                    ValueType.wholeNumbers(0, RandAugment.MAX_MAGNITUDE),
                    s -> s.data().augmentation().randAugmentMagnitude())
            .otherwise(9);

    static final Setting<Double> ERASE = new Setting<>(
                    "erase",
                    "probability that a random rectangle of an image is erased; 0.5 is usual",
                    ValueType.numbers(0, 1),
                    s -> s.data().augmentation().erase())
            .otherwise(0.0);

    static final Setting<Fill> ERASE_FILL = new Setting<>(
                    "eraseFill",
                    "what that rectangle shows: black or random pixels",
                    ValueType.wordsOf(Fill.values()),
                    s -> s.data().augmentation().eraseFill())
            .otherwise(Fill.ZERO);

    private static final List<Setting<?>> ALL =
            List.of(CROP, CROP_PADDING, FLIP, ROTATE, SHIFT, RAND_AUGMENT, RAND_AUGMENT_MAGNITUDE, ERASE, ERASE_FILL);

    private AugmentationSettings() {}

    static List<Setting<?>> all() {
        return ALL;
    }

    static AugmentationSpec build(SettingValues texts) {
        return new AugmentationSpec(
                texts.value(CROP),
                texts.value(CROP_PADDING),
                texts.value(FLIP),
                texts.value(ROTATE),
                texts.value(SHIFT),
                texts.value(RAND_AUGMENT),
                texts.value(RAND_AUGMENT_MAGNITUDE),
                texts.value(ERASE),
                texts.value(ERASE_FILL));
    }
}
