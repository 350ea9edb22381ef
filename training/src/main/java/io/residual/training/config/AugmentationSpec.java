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
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;

/**
 * What is changed at random in the training images, in this order.
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
        Fill eraseFill)
        implements Serializable {
    /** Images as they are. */
    public static final AugmentationSpec NONE =
            new AugmentationSpec(0, Padding.ZERO, Flip.NONE, 0, 0, 0, 9, 0, Fill.ZERO);

    private static final double FLIPPED = 0.5;

    /** Whether images are mirrored. */
    public enum Flip {
        NONE,
        /** Left and right, every other image. */
        HORIZONTAL
    }

    public AugmentationSpec {
        AugmentationSettings.CROP.require(crop);
        AugmentationSettings.ROTATE.require(rotate);
        AugmentationSettings.SHIFT.require(shift);
        AugmentationSettings.RAND_AUGMENT.require(randAugment);
        AugmentationSettings.RAND_AUGMENT_MAGNITUDE.require(randAugmentMagnitude);
        AugmentationSettings.ERASE.require(erase);
    }

    /** A border is mirrored once, and an image is not cut out of the border alone. */
    void requireBorderBelow(int side) {
        if (crop >= side) {
            throw new IllegalArgumentException(
                    "crop " + crop + " is no border for images of " + side + " pixels: use a smaller one");
        }
    }

    /**
     * The changes, ready to be made.
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
