package io.residual.core;

/**
 * What stands between the image and the first stage: convolution, batch norm, ReLU, max pool (He et al. 2015, table 1).
 *
 * @param channels output channels, at least 1
 */
public record Stem(int channels, Window convolution, Window pool) {
    public Stem {
        if (!(channels >= 1)) {
            throw new IllegalArgumentException("stem channels must be at least 1, got " + channels);
        }
    }

    /** The stem for large images: 7x7 with stride 2, then max pool 3x3 with stride 2; a quarter of the resolution is left. */
    public static Stem imageNet(int channels) {
        return new Stem(channels, new Window(7, 2, 3), new Window(3, 2, 1));
    }

    /** Shape after the pool. */
    public ImageShape over(ImageShape in) {
        return pool.over(convolution.over(in, channels), channels);
    }
}
