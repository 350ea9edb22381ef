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
    static final SettingGroup<AugmentationSpec> SETTINGS =
            new SettingGroup<>(Topic.AUGMENTATION, s -> s.data().augmentation());

    static final Setting<Integer> CROP = SETTINGS.named(
                    "crop",
                    "random crops: width of the border that is added to images before; 4 is usual, 0 for no crops")
            .withDefault(ValueType.wholeNumbers("PIXELS", 0, 256), AugmentationSpec::crop, 0);

    static final Setting<Padding> CROP_PADDING = SETTINGS.named(
                    "cropPadding", "what that border shows: black (zero), or the image mirrored")
            .withDefault(ValueType.wordsOf(Padding.values()), AugmentationSpec::cropPadding, Padding.ZERO);

    static final Setting<Flip> FLIP = SETTINGS.named("flip", "mirror every other image")
            .withDefault(ValueType.wordsOf(Flip.values()), AugmentationSpec::flip, Flip.NONE);

    static final Setting<Double> ROTATE = SETTINGS.named("rotate", "maximum rotation, in both directions")
            .withDefault(ValueType.numbers("DEGREES", 0, 180), AugmentationSpec::rotate, 0.0);

    static final Setting<Double> SHIFT = SETTINGS.named(
                    "shift", "maximum shift in each direction, as a share of the side")
            .withDefault(ValueType.numbers("SHARE", 0, 1), AugmentationSpec::shift, 0.0);

    static final Setting<Integer> RAND_AUGMENT = SETTINGS.named(
                    "randAugment", "number of operations of RandAugment per image; 2 is usual, 0 for none")
            .withDefault(ValueType.wholeNumbers("OPERATIONS", 0, 8), AugmentationSpec::randAugment, 0);

    static final Setting<Integer> RAND_AUGMENT_MAGNITUDE = SETTINGS.named(
                    "randAugmentMagnitude", "magnitude of each operation of RandAugment; 9 is usual")
            .withDefault(
                    ValueType.wholeNumbers("MAGNITUDE", 0, RandAugment.MAX_MAGNITUDE),
                    AugmentationSpec::randAugmentMagnitude,
                    9);

    static final Setting<Double> ERASE = SETTINGS.named(
                    "erase", "probability of erasing a random rectangle of an image; 0.5 is usual")
            .withDefault(ValueType.numbers("PROBABILITY", 0, 1), AugmentationSpec::erase, 0.0);

    static final Setting<Fill> ERASE_FILL = SETTINGS.named(
                    "eraseFill", "what that rectangle shows: black (zero), or random pixels")
            .withDefault(ValueType.wordsOf(Fill.values()), AugmentationSpec::eraseFill, Fill.ZERO);

    /** Images without changes. */
    public static final AugmentationSpec NONE = from(SettingValues.DEFAULTS);

    private static final double FLIPPED = 0.5;

    /** Whether images are mirrored. */
    public enum Flip {
        NONE,
        /** Left and right, every other image. */
        HORIZONTAL
    }

    public AugmentationSpec {
        CROP.require(crop);
        ROTATE.require(rotate);
        SHIFT.require(shift);
        RAND_AUGMENT.require(randAugment);
        RAND_AUGMENT_MAGNITUDE.require(randAugmentMagnitude);
        ERASE.require(erase);
    }

    static AugmentationSpec from(SettingValues values) {
        return new AugmentationSpec(
                values.get(CROP),
                values.get(CROP_PADDING),
                values.get(FLIP),
                values.get(ROTATE),
                values.get(SHIFT),
                values.get(RAND_AUGMENT),
                values.get(RAND_AUGMENT_MAGNITUDE),
                values.get(ERASE),
                values.get(ERASE_FILL));
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
