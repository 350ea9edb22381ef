package io.residual.data.augment;

import io.residual.core.ImageShape;
import io.residual.core.SplitMix64;
import io.residual.data.augment.RandomCrop.Corner;
import io.residual.data.augment.RandomErasing.Box;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * An augmenter of a crop, a flip and an erasing at most, in this order. What it draws for an image needs no pixels, and a
 * device can make the same changes where its pixels are.
 *
 * @param seed of the run
 */
public record CropFlipErase(
        @Nullable RandomCrop crop,
        @Nullable HorizontalFlip flip,
        @Nullable RandomErasing erasing,
        long seed) {
    /**
     * What was drawn for one image of {@code height x width}. Its pixel at row y and column x becomes black or random where
     * the box has it; it is that of row {@code y + down} and column {@code x + right}, or column
     * {@code width - 1 - x + right} if flipped, of the image with its border.
     *
     * @param box that is erased, if any
     * @param fill state of the {@link SplitMix64} that a random fill is drawn from: row by row within channel by channel, a
     *     number for each eight pixels of a row, the lowest byte first
     */
    public record Draw(int down, int right, boolean flipped, Optional<Box> box, long fill) {}

    /** The same changes as the augmenter's, or empty if that makes others or in another order. */
    public static Optional<CropFlipErase> of(Augmenter augmenter) {
        List<Augmentation> steps = augmenter.steps();
        int next = 0;
        RandomCrop crop = next < steps.size() && steps.get(next) instanceof RandomCrop step ? step : null;
        next += crop == null ? 0 : 1;
        HorizontalFlip flip = next < steps.size() && steps.get(next) instanceof HorizontalFlip step ? step : null;
        next += flip == null ? 0 : 1;
        RandomErasing erasing = next < steps.size() && steps.get(next) instanceof RandomErasing step ? step : null;
        next += erasing == null ? 0 : 1;
        return next == steps.size()
                ? Optional.of(new CropFlipErase(crop, flip, erasing, augmenter.seed()))
                : Optional.empty();
    }

    /**
     * The draws for an image.
     *
     * @param image shape of the images that are changed
     * @throws IllegalArgumentException if the crop's border is too wide to be mirrored out of the image
     * @see Augmenter#apply
     */
    public Draw draw(ImageShape image, int epoch, int position, int repeat) {
        if (crop != null) {
            crop.requireFor(image.height(), image.width());
        }
        SplitMix64 random = Augmenter.random(seed, epoch, position, repeat);
        Corner corner = crop == null ? Corner.OF_IMAGE : crop.draw(random);
        boolean flipped = flip != null && flip.draw(random);
        Optional<Box> box = erasing == null ? Optional.empty() : erasing.draw(image.height(), image.width(), random);
        return new Draw(corner.down(), corner.right(), flipped, box, random.state());
    }
}
