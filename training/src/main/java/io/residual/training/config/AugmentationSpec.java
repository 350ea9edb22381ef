package io.residual.training.config;

import io.residual.data.augment.Augmentation;
import io.residual.data.augment.Augmenter;
import io.residual.data.augment.HorizontalFlip;
import io.residual.data.augment.RandAugment;
import io.residual.data.augment.RandomAffine;
import io.residual.data.augment.RandomCrop;
import io.residual.data.augment.RandomCrop.Padding;
import io.residual.data.augment.RandomErasing;
import io.residual.data.augment.RandomErasing.Fill;
import io.residual.training.config.Setting.Topic;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Random changes of the training images, in this order.
 *
 * @param crop border of random crops in pixels, 0 for none
 * @param rotate degrees to either side, 0 to 180
 * @param shift share of the side in each direction, 0 to 1
 * @param randAugment operations per image, 0 to 8
 * @param randAugmentMagnitude strength of each, 0 to 30
 * @param erase probability that a rectangle is erased, 0 to 1
 */
public record AugmentationSpec(
        int crop,
        Padding cropPadding,
        Flip flip,
        double rotate,
        double shift,
        int randAugment,
        int randAugmentMagnitude,
        double erase,
        Fill eraseFill) {
    static final SettingGroup<AugmentationSpec> SETTINGS = new SettingGroup<>(
                    AugmentationSpec.class, Topic.AUGMENTATION)
            .named(
                    "crop",
                    "random crops: width of the border that is added to images before; 4 is usual, 0 for no crops")
            .optional(ValueType.wholeNumbers("PIXELS", 0, 256), 0)
            .named("cropPadding", "what that border shows: black (zero), or the image mirrored")
            .with("crop")
            .optional(Padding.ZERO)
            .named("flip", "mirror every other image")
            .optional(Flip.NONE)
            .named("rotate", "maximum rotation, in both directions")
            .optional(ValueType.numbers("DEGREES", 0, 180), 0.0)
            .named("shift", "maximum shift in each direction, as a share of the side")
            .optional(ValueType.numbers("SHARE", 0, 1), 0.0)
            .named("randAugment", "number of operations of RandAugment per image; 2 is usual, 0 for none")
            .optional(ValueType.wholeNumbers("OPERATIONS", 0, 8), 0)
            .named("randAugmentMagnitude", "magnitude of each operation of RandAugment; 9 is usual")
            .with("randAugment")
            .optional(ValueType.wholeNumbers("MAGNITUDE", 0, RandAugment.MAX_MAGNITUDE), 9)
            .named("erase", "probability of erasing a random rectangle of an image; 0.5 is usual")
            .optional(ValueType.numbers("PROBABILITY", 0, 1), 0.0)
            .named("eraseFill", "what that rectangle shows: black (zero), or random pixels")
            .with("erase")
            .optional(Fill.ZERO);

    /** Images without changes. */
    public static final AugmentationSpec NONE = SETTINGS.from(Map.of());

    private static final double FLIPPED = 0.5;

    /** Whether images are mirrored. */
    public enum Flip {
        NONE,
        /** Left and right, every other image. */
        HORIZONTAL
    }

    public AugmentationSpec {
        SETTINGS.require(crop, cropPadding, flip, rotate, shift, randAugment, randAugmentMagnitude, erase, eraseFill);
    }

    /** A border is mirrored once, and an image is not cut out of the border alone. */
    void requireBorderBelow(int side) {
        if (crop >= side) {
            throw new IllegalArgumentException(
                    "crop " + crop + " is no border for images of " + side + " pixels: use a smaller one");
        }
    }

    /**
     * The changes as an augmenter.
     *
     * @param seed of the run
     */
    public Augmenter augmenter(long seed) {
        List<Augmentation> steps = new ArrayList<>();
        if (crop > 0) {
            steps.add(new RandomCrop(crop, cropPadding));
        }
        if (flip == Flip.HORIZONTAL) {
            steps.add(new HorizontalFlip(FLIPPED));
        }
        if (rotate > 0 || shift > 0) {
            steps.add(new RandomAffine(rotate, shift));
        }
        if (randAugment > 0) {
            steps.add(new RandAugment(randAugment, randAugmentMagnitude));
        }
        if (erase > 0) {
            steps.add(new RandomErasing(erase, eraseFill));
        }
        return new Augmenter(steps, seed);
    }
}
