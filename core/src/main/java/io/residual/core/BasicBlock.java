package io.residual.core;

/**
 * One residual block: conv 3x3 (stride s) - batch norm - ReLU - conv 3x3 - batch norm, plus the shortcut, then ReLU (He et
 * al. 2015, figure 5 left).
 *
 * @param channelsIn channels of the input
 * @param channels channels of both convolutions
 * @param stride of the first convolution and of the projection
 */
public record BasicBlock(int channelsIn, int channels, int stride) {
    public BasicBlock {
        if (!(channelsIn >= 1 && channels >= 1 && stride >= 1)) {
            throw new IllegalArgumentException("a block needs at least 1 channel and stride 1, got " + channelsIn
                    + " channels in, " + channels + " channels, stride " + stride);
        }
    }

    /** The 3x3 window of the first convolution. */
    public Window first() {
        return new Window(3, stride, 1);
    }

    /** The 3x3 window of the second convolution. */
    public Window second() {
        return new Window(3, 1, 1);
    }

    /** The 1x1 window of the projection. */
    public Window projection() {
        return new Window(1, stride, 0);
    }

    /** Whether the output shape differs from the input's, so that the input must be projected before it is added. */
    public boolean changesShape() {
        return stride != 1 || channelsIn != channels;
    }

    /** Output shape, which the shortcut shares. */
    public ImageShape over(ImageShape in) {
        if (in.channels() != channelsIn) {
            throw new IllegalArgumentException("the block takes " + channelsIn + " channels, got an input of " + in);
        }
        return second().over(first().over(in, channels), channels);
    }

    /** Number of trainable parameters (the running statistics of the batch norms are not trained). */
    public long parameters(Flavour flavour, Shortcuts shortcuts) {
        long convolutions = Parameters.convolution(channelsIn, channels, 3, flavour)
                + Parameters.convolution(channels, channels, 3, flavour);
        long batchNorms = 2 * Parameters.batchNorm(channels);
        return convolutions + batchNorms + (projects(shortcuts) ? projectionParameters(flavour) : 0);
    }

    boolean projects(Shortcuts shortcuts) {
        return shortcuts == Shortcuts.RESIDUAL && changesShape();
    }

    private long projectionParameters(Flavour flavour) {
        long convolution = Parameters.convolution(channelsIn, channels, 1, flavour);
        return switch (flavour.projection()) {
            case CONVOLUTION -> convolution;
            case CONVOLUTION_AND_BATCH_NORM -> convolution + Parameters.batchNorm(channels);
        };
    }
}
