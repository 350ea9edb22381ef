package io.residual.data.augment;

import io.residual.core.SplitMix64;

/** A random change of one image, drawn again each time. */
public sealed interface Augmentation permits RandomCrop, HorizontalFlip, RandomErasing, RandomAffine, RandAugment {
    /**
     * Changes an image.
     *
     * @param random gives this image's draws, and nothing but the number of draws taken from it before matters
     */
    void apply(Planes image, SplitMix64 random);

    /**
     * The same for images of another size: what is counted in pixels changes in proportion.
     *
     * @param share of the side, above 0
     */
    default Augmentation scaled(double share) {
        return this;
    }
}
