package io.residual.data;

/** Height and width of an image in pixels, each from 1 to 4096. */
public record ImageSize(int height, int width) {
    public static final int MAX_SIDE = 4096;

    public ImageSize {
        if (height < 1 || height > MAX_SIDE || width < 1 || width > MAX_SIDE) {
            throw new IllegalArgumentException(
                    "height and width are from 1 to " + MAX_SIDE + " pixels, not " + height + " and " + width);
        }
    }

    public static ImageSize square(int side) {
        return new ImageSize(side, side);
    }
}
