package io.residual.data.augment;

import io.residual.core.SplitMix64;

/**
 * Some operations in a row, each drawn from {@link Operation} with equal chances and all of one strength (Cubuk et al. 2020):
 * torchvision's {@code RandAugment} with bilinear interpolation and without its operation Color, which a grey image does not have.
 *
 * @param operations how many for each image, at least 1
 * @param magnitude strength of each, 0 to {@value #MAX_MAGNITUDE}
 * @see <a href="https://arxiv.org/abs/1909.13719">RandAugment: Practical automated data augmentation</a>
 */
public record RandAugment(int operations, int magnitude) implements Augmentation {
    public static final int MAX_MAGNITUDE = 30;

    public RandAugment {
        if (operations < 1) {
            throw new IllegalArgumentException("at least one operation is drawn, not " + operations);
        }
        if (magnitude < 0 || magnitude > MAX_MAGNITUDE) {
            throw new IllegalArgumentException("a magnitude is from 0 to " + MAX_MAGNITUDE + ", not " + magnitude);
        }
    }

    @Override
    public void apply(Planes image, SplitMix64 random) {
        Operation[] all = Operation.values();
        for (int i = 0; i < operations; i++) {
            Operation operation = all[random.below(all.length)];
            double strength = operation.strength((double) magnitude / MAX_MAGNITUDE, image);
            operation.apply(image, operation.isSigned() && random.below(2) == 1 ? -strength : strength);
        }
    }
}
