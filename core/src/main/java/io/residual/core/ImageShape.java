package io.residual.core;

/**
 * Shape of one image or feature map, without the batch axis: [channels, height, width].
 *
 * @param channels at least 1
 * @param height in pixels, at least 1
 * @param width in pixels, at least 1
 */
public record ImageShape(int channels, int height, int width) {
    public ImageShape {
        if (!(channels >= 1 && height >= 1 && width >= 1)) {
            throw new IllegalArgumentException(
                    "image shape must be at least [1, 1, 1], got [" + channels + ", " + height + ", " + width + "]");
        }
    }

    /** Number of values: channels x height x width. */
    public long values() {
        return (long) channels * height * width;
    }

    @Override
    public String toString() {
        return "[" + channels + ", " + height + ", " + width + "]";
    }
}
