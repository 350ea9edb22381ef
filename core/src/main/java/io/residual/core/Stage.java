package io.residual.core;

/**
 * Blocks of the same kind and width; the first one takes the stride, the others keep the resolution.
 *
 * @param blocks number of blocks, at least 1
 * @param channels output channels of every block, at least 1
 * @param stride of the first block, at least 1
 */
public record Stage(BlockKind kind, int blocks, int channels, int stride) {
    public Stage {
        if (!(blocks >= 1 && channels >= 1 && stride >= 1)) {
            throw new IllegalArgumentException("a stage needs at least 1 block, 1 channel and stride 1, got " + blocks
                    + " blocks, " + channels + " channels, stride " + stride);
        }
    }

    /** The block at an index, counted from 0, of a stage that takes so many channels. */
    Block block(int index, int channelsIn) {
        return index == 0 ? kind.block(channelsIn, channels, stride) : kind.block(channels, channels, 1);
    }
}
