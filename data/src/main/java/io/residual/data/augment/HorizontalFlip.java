package io.residual.data.augment;

import io.residual.core.SplitMix64;

/** Mirrors left and right, as torchvision's {@code RandomHorizontalFlip}. */
public record HorizontalFlip(double probability) implements Augmentation {
    public HorizontalFlip {
        if (!(probability >= 0 && probability <= 1)) {
            throw new IllegalArgumentException("a probability is from 0 to 1, not " + probability);
        }
    }

    @Override
    public void apply(Planes image, SplitMix64 random) {
        if (draw(random)) {
            flip(image);
        }
    }

    boolean draw(SplitMix64 random) {
        return random.nextDouble() < probability;
    }

    static void flip(Planes image) {
        byte[] values = image.values();
        int width = image.width();
        for (int row = 0; row < values.length; row += width) {
            for (int left = row, right = row + width - 1; left < right; left++, right--) {
                byte value = values[left];
                values[left] = values[right];
                values[right] = value;
            }
        }
    }
}
