package io.residual.core;

/**
 * One convolution of a network.
 *
 * @param channelsIn channels of the input, at least 1
 * @param channels channels of the output, at least 1
 */
public record Convolution(int channelsIn, int channels, Window window) {
    public Convolution {
        if (!(channelsIn >= 1 && channels >= 1)) {
            throw new IllegalArgumentException("a convolution needs at least 1 channel, got " + channelsIn
                    + " channels in, " + channels + " channels");
        }
    }

    /**
     * Output shape.
     *
     * @throws IllegalArgumentException if the input has other channels, or is smaller than the window
     */
    public ImageShape outputShape(ImageShape in) {
        if (in.channels() != channelsIn) {
            throw new IllegalArgumentException(
                    "the convolution takes " + channelsIn + " channels, got an input of " + in);
        }
        return window.outputShape(in, channels);
    }

    /** Number of trainable parameters. */
    public long parameters(Flavour flavour) {
        long weights = (long) channelsIn * channels * window.kernel() * window.kernel();
        return flavour.biased() ? weights + channels : weights;
    }

    /** The same convolution with another step. */
    public Convolution withStride(int stride) {
        return new Convolution(channelsIn, channels, new Window(window.kernel(), stride, window.padding()));
    }
}
