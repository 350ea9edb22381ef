package io.residual.data.augment;

import io.residual.core.SplitMix64;

/**
 * A turn about the middle and a shift, bilinear, with black from outside: torchvision's {@code RandomAffine} with
 * {@code degrees} and {@code translate}, shifts of integer pixels as there.
 *
 * @param degrees maximum rotation in both directions, in [0, 180]
 * @param shift maximum shift in each direction, as a share of the side, in [0, 1]
 */
public record RandomAffine(double degrees, double shift) implements Augmentation {
    public RandomAffine {
        if (!(degrees >= 0 && degrees <= 180)) {
            throw new IllegalArgumentException("a turn is from 0 to 180 degrees, not " + degrees);
        }
        if (!(shift >= 0 && shift <= 1)) {
            throw new IllegalArgumentException("a shift is from 0 to 1 of the side, not " + shift);
        }
    }

    @Override
    public void apply(Planes image, SplitMix64 random) {
        draw(image, random).apply(image);
    }

    AffineMap draw(Planes image, SplitMix64 random) {
        double turn = random.between(-degrees, degrees);
        int right = (int) Math.rint(random.between(-shift, shift) * image.width());
        int down = (int) Math.rint(random.between(-shift, shift) * image.height());
        return AffineMap.turn(image, turn, right, down);
    }
}
