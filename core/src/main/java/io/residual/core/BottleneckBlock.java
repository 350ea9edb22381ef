package io.residual.core;

import java.util.List;

/**
 * A 1x1 convolution to a quarter of the channels, a 3x3 convolution, a 1x1 convolution to all of them (He et al. 2015,
 * figure 5 right). The 3x3 convolution has the stride, as in torchvision ("v1.5"); in the paper the first one has it.
 *
 * @param channelsIn channels of the input
 * @param channels channels of the output, a multiple of {@value #EXPANSION}
 * @param stride of the 3x3 convolution and of the shortcut
 */
public record BottleneckBlock(int channelsIn, int channels, int stride) implements Block {
    /** Channels of the output over those of the 3x3 convolution. */
    public static final int EXPANSION = 4;

    public BottleneckBlock {
        if (!(channelsIn >= 1 && channels >= 1 && channels % EXPANSION == 0 && stride >= 1)) {
            throw new IllegalArgumentException("a bottleneck block needs at least 1 channel in, a multiple of "
                    + EXPANSION + " channels and stride 1, got " + channelsIn + " channels in, " + channels
                    + " channels, stride " + stride);
        }
    }

    @Override
    public List<Convolution> convolutions() {
        int inner = channels / EXPANSION;
        return List.of(
                new Convolution(channelsIn, inner, new Window(1, 1, 0)),
                new Convolution(inner, inner, new Window(3, stride, 1)),
                new Convolution(inner, channels, new Window(1, 1, 0)));
    }
}
