package io.residual.core;

/**
 * Blocks of the same width; the first one takes the stride, the others keep the resolution.
 *
 * @param blocks number of blocks, at least 1
 * @param channels output channels of every block, at least 1
 * @param stride of the first block, at least 1
 */
public record Stage(int blocks, int channels, int stride) {
    public Stage {
        if (!(blocks >= 1 && channels >= 1 && stride >= 1)) {
            throw new IllegalArgumentException("a stage needs at least 1 block, 1 channel and stride 1, got " + blocks
                    + " blocks, " + channels + " channels, stride " + stride);
        }
    }
}
