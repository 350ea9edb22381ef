package io.residual.benchmark.network;

import io.residual.core.ImageShape;
import io.residual.core.Window;

/**
 * One convolution of a network and the image it works on.
 *
 * @param path of its vertex, such as {@code stage2.block1.conv2}
 * @param input shape of one image of the batch, [channels, height, width]
 * @param channels of the output
 */
public record Convolution(String path, ImageShape input, Window window, int channels) {
    static Convolution of(String path, ImageShape input, io.residual.core.Convolution layer) {
        return new Convolution(path, input, layer.window(), layer.channels());
    }

    /** Shape of the output, [channels, height, width]. */
    public ImageShape output() {
        return window.outputShape(input, channels);
    }
}
