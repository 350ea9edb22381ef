package io.residual.data.augment;

import io.residual.core.SplitMix64;
import java.util.Arrays;

/**
 * A cut of the image's own size out of the image with a border around it: as torchvision's {@code RandomCrop} with
 * {@code padding}, the recipe of He et al. 2015, section 4.2, with a border of 4 zeros.
 *
 * @param border width in pixels, at least 1
 */
public record RandomCrop(int border, Padding padding) implements Augmentation {
    /** What the border shows. */
    public enum Padding {
        /** Black. */
        ZERO,
        /** The image mirrored at the middle of its outermost pixels, which are not repeated; needs a border below the side. */
        REFLECT
    }

    /** Row and column of the image at which the cut begins, each from -border to border. */
    record Corner(int down, int right) {
        static final Corner OF_IMAGE = new Corner(0, 0);
    }

    public RandomCrop {
        if (border < 1) {
            throw new IllegalArgumentException("a border is at least 1 pixel wide, not " + border);
        }
    }

    @Override
    public void apply(Planes image, SplitMix64 random) {
        Corner corner = draw(random);
        cut(image, corner.down, corner.right);
    }

    /** With a border of at least a pixel. */
    @Override
    public RandomCrop scaled(double share) {
        return new RandomCrop((int) Math.max(1, Math.rint(border * share)), padding);
    }

    Corner draw(SplitMix64 random) {
        int down = random.below(2 * border + 1) - border;
        int right = random.below(2 * border + 1) - border;
        return new Corner(down, right);
    }

    /** Cuts with the upper left corner at row {@code down} and column {@code right} of the image, from -border to border. */
    void cut(Planes image, int down, int right) {
        requireFor(image.height(), image.width());
        if (down == 0 && right == 0) {
            return;
        }
        for (int channel = 0; channel < image.channels(); channel++) {
            for (int y = 0; y < image.height(); y++) {
                cutRow(image, channel * image.pixels(), y, y + down, right);
            }
        }
        image.swap();
    }

    /** @throws IllegalArgumentException if the border is too wide to be mirrored out of images of this size */
    void requireFor(int height, int width) {
        if (padding == Padding.REFLECT && border >= Math.min(height, width)) {
            throw new IllegalArgumentException(
                    "a reflected border of " + border + " pixels needs a larger image than " + height + " x " + width);
        }
    }

    private void cutRow(Planes image, int plane, int y, int from, int right) {
        byte[] target = image.spare();
        int width = image.width();
        int row = plane + y * width;
        if (padding == Padding.ZERO && (from < 0 || from >= image.height())) {
            Arrays.fill(target, row, row + width, (byte) 0);
            return;
        }
        byte[] source = image.values();
        int sourceRow = plane + reflected(from, image.height()) * width;
        int first = Math.min(width, Math.max(0, -right));
        int end = Math.max(first, Math.min(width, width - right));
        System.arraycopy(source, sourceRow + first + right, target, row + first, end - first);
        for (int x = 0; x < first; x++) {
            target[row + x] = padding == Padding.ZERO ? 0 : source[sourceRow + reflected(x + right, width)];
        }
        for (int x = end; x < width; x++) {
            target[row + x] = padding == Padding.ZERO ? 0 : source[sourceRow + reflected(x + right, width)];
        }
    }

    /** Mirrors an index beyond either end once. */
    private static int reflected(int index, int size) {
        if (index < 0) {
            return -index;
        }
        return index < size ? index : 2 * (size - 1) - index;
    }
}
