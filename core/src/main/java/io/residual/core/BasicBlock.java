package io.residual.core;

import java.util.List;

/**
 * Two 3x3 convolutions, of which the first has the stride (He et al. 2015, figure 5 left).
 *
 * @param channelsIn channels of the input
 * @param channels channels of both convolutions
 * @param stride of the first convolution and of the shortcut
 */
public record BasicBlock(int channelsIn, int channels, int stride) implements Block {
    public BasicBlock {
        if (!(channelsIn >= 1 && channels >= 1 && stride >= 1)) {
            throw new IllegalArgumentException("a block needs at least 1 channel and stride 1, got " + channelsIn
                    + " channels in, " + channels + " channels, stride " + stride);
        }
    }

    @Override
    public List<Convolution> convolutions() {
        return List.of(
                new Convolution(channelsIn, channels, new Window(3, stride, 1)),
                new Convolution(channels, channels, new Window(3, 1, 1)));
    }
}
