package io.residual.data;

/** How an image of any shape comes to the size that a network takes. */
public enum ResizeMode {
    /** It is stretched in height and width, as torchvision's {@code Resize((s, s))} does. */
    STRETCH {
        @Override
        boolean fitsWidth(int height, int width, ImageSize size) {
            return true;
        }

        @Override
        boolean fitsHeight(int height, int width, ImageSize size) {
            return true;
        }
    },
    /**
     * It is scaled until it covers the size in both directions, and its middle is cut out: torchvision's {@code Resize(s)} and
     * {@code CenterCrop(s)}.
     */
    CROP {
        @Override
        boolean fitsWidth(int height, int width, ImageSize size) {
            return (long) width * size.height() <= (long) height * size.width();
        }

        @Override
        boolean fitsHeight(int height, int width, ImageSize size) {
            return !fitsWidth(height, width, size);
        }
    };

    /** Whether the scaled image is as wide as the size, and nothing of its width is cut off. */
    abstract boolean fitsWidth(int height, int width, ImageSize size);

    /** Whether the scaled image is as high as the size, and nothing of its height is cut off. */
    abstract boolean fitsHeight(int height, int width, ImageSize size);

    /** The height that a complete image of height x width is scaled to; at least the size's. */
    long scaledHeight(int height, int width, ImageSize size) {
        return fitsHeight(height, width, size) ? size.height() : (long) size.width() * height / width;
    }

    /** The width that a complete image of height x width is scaled to; at least the size's. */
    long scaledWidth(int height, int width, ImageSize size) {
        return fitsWidth(height, width, size) ? size.width() : (long) size.height() * width / height;
    }
}
