package io.residual.training.config;

import io.residual.training.config.Setting.Topic;
import java.util.Map;

/**
 * Training images that are small in the first epochs, which saves time, and grow to the size that the network predicts at.
 *
 * @param startImageSize side in pixels of the first epoch, from {@value #MIN_SIZE}; 0 if all epochs have the full size
 * @param fullSizeAt share of the epochs after which images have the full size, above 0, at most 1
 */
public record GrowthSpec(int startImageSize, double fullSizeAt) {
    private static final int MIN_SIZE = 8;

    static final SettingGroup<GrowthSpec> SETTINGS = new SettingGroup<>(GrowthSpec.class, Topic.DATA)
            .named(
                    "startImageSize",
                    "side of the training images in the first epoch, from " + MIN_SIZE
                            + " on; they grow to the image size; 0 for no growth")
            .optional(ValueType.wholeNumbers("PIXELS", 0, DataSpec.MAX_IMAGE_SIZE), 0)
            .named(
                    "fullSizeAt",
                    "share of the epochs after which training images have the image size, as in the last epoch always")
            .with("startImageSize")
            .optional(ValueType.numbersAbove("SHARE", 0, 1), 0.8);

    /** All epochs have the full size. */
    public static final GrowthSpec NONE = SETTINGS.from(Map.of());

    public GrowthSpec {
        SETTINGS.require(startImageSize, fullSizeAt);
        if (startImageSize > 0 && startImageSize < MIN_SIZE) {
            throw new IllegalArgumentException("startImageSize " + startImageSize + " is too small: use " + MIN_SIZE
                    + " pixels or more, or 0 for images that do not grow");
        }
    }

    /** Whether training images change their size. */
    public boolean grows() {
        return startImageSize > 0;
    }

    /** The smallest side in pixels, if the full one is so many. */
    int smallest(int full) {
        return grows() ? startImageSize : full;
    }

    /**
     * The side of the training images in an epoch, in pixels: it rises linearly with the epochs, to the nearest even number.
     *
     * @param epoch from 0
     * @param epochs of the run
     * @param full the side of the last epoch
     */
    int side(int epoch, int epochs, int full) {
        double growing = Math.min(fullSizeAt * epochs, epochs - 1.0);
        if (!grows() || epoch >= growing) {
            return full;
        }
        double side = startImageSize + (full - startImageSize) * (epoch / growing);
        return Math.min(full, 2 * (int) Math.rint(side / 2));
    }
}
