package io.residual.data;

/** How an image of any shape comes to the size that a network takes. */
public enum ResizeMode {
    /** It is stretched in height and width, as torchvision's {@code Resize((s, s))} does. */
    STRETCH {
        @Override
        ImageSize scaled(int height, int width, ImageSize size) {
            return size;
        }
    },
    /**
     * It is scaled until it covers the size in both directions, and its middle is cut out: torchvision's {@code Resize(s)} and
     * {@code CenterCrop(s)}.
     */
    CROP {
        @Override
        ImageSize scaled(int height, int width, ImageSize size) {
            if ((long) width * size.height() <= (long) height * size.width()) {
                return new ImageSize(side((long) size.width() * height / width), size.width());
            }
            return new ImageSize(size.height(), side((long) size.height() * width / height));
        }
    };

    /** The size that the whole image is scaled to; at least {@code size} in both directions. */
    abstract ImageSize scaled(int height, int width, ImageSize size);

    private static int side(long pixels) {
        if (pixels > ImageSize.MAX_SIDE) {
            throw new IllegalArgumentException(
                    "the picture is too long and narrow: its middle cannot be cut out of " + pixels + " pixels");
        }
        return (int) pixels;
    }
}
