package io.residual.data.augment;

import io.residual.core.SplitMix64;
import java.util.Arrays;
import java.util.Optional;

/**
 * Erases a random rectangle, the same one in all channels (Zhong et al. 2017), of 0.02 to 0.33 of the image's area and with
 * height over width from 0.3 to 3.3, log-uniform: the defaults of torchvision's {@code RandomErasing}, drawn in its way. Like all
 * augmentations it comes before normalisation.
 *
 * @param probability that an image is changed, in [0, 1]
 * @see <a href="https://arxiv.org/abs/1708.04896">Random Erasing Data Augmentation</a>
 */
public record RandomErasing(double probability, Fill fill) implements Augmentation {
    private static final double MIN_AREA = 0.02;
    private static final double MAX_AREA = 0.33;
    private static final double MIN_RATIO = 0.3;
    private static final double MAX_RATIO = 3.3;
    private static final int ATTEMPTS = 10;

    /** What the rectangle shows. */
    public enum Fill {
        /** Black. */
        ZERO,
        /** Levels of 0 to 255, drawn for each pixel: what did best in the paper (table 4, RE-R). */
        RANDOM
    }

    /** A rectangle within an image, in pixels. */
    public record Box(int top, int left, int height, int width) {}

    public RandomErasing {
        if (!(probability >= 0 && probability <= 1)) {
            throw new IllegalArgumentException("a probability is from 0 to 1, not " + probability);
        }
    }

    @Override
    public void apply(Planes image, SplitMix64 random) {
        draw(image.height(), image.width(), random).ifPresent(box -> erase(image, box, random));
    }

    /** Empty if the image is not changed. */
    Optional<Box> draw(int imageHeight, int imageWidth, SplitMix64 random) {
        return random.nextDouble() < probability ? box(imageHeight, imageWidth, random) : Optional.empty();
    }

    /** Empty if no attempt gave a rectangle that is smaller than the image in both directions. */
    static Optional<Box> box(int imageHeight, int imageWidth, SplitMix64 random) {
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            double area = (double) imageHeight * imageWidth * random.between(MIN_AREA, MAX_AREA);
            double ratio = Math.exp(random.between(Math.log(MIN_RATIO), Math.log(MAX_RATIO)));
            int height = (int) Math.rint(Math.sqrt(area * ratio));
            int width = (int) Math.rint(Math.sqrt(area / ratio));
            if (height < imageHeight && width < imageWidth) {
                int top = random.below(imageHeight - height + 1);
                int left = random.below(imageWidth - width + 1);
                return Optional.of(new Box(top, left, height, width));
            }
        }
        return Optional.empty();
    }

    void erase(Planes image, Box box, SplitMix64 random) {
        byte[] values = image.values();
        for (int channel = 0; channel < image.channels(); channel++) {
            for (int y = box.top; y < box.top + box.height; y++) {
                int from = channel * image.pixels() + y * image.width() + box.left;
                switch (fill) {
                    case ZERO -> Arrays.fill(values, from, from + box.width, (byte) 0);
                    case RANDOM -> fillAtRandom(values, from, from + box.width, random);
                }
            }
        }
    }

    /** A draw has the bytes of eight pixels. */
    private static void fillAtRandom(byte[] values, int from, int to, SplitMix64 random) {
        long bits = 0;
        for (int at = from; at < to; at++) {
            bits = (at - from) % Long.BYTES == 0 ? random.nextLong() : bits >>> Byte.SIZE;
            values[at] = (byte) bits;
        }
    }
}
