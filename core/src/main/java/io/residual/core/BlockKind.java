package io.residual.core;

/** The kinds of blocks that stages are made of. */
public enum BlockKind {
    /** {@link BasicBlock}. */
    BASIC {
        @Override
        Block block(int channelsIn, int channels, int stride) {
            return new BasicBlock(channelsIn, channels, stride);
        }
    },
    /** {@link BottleneckBlock}. */
    BOTTLENECK {
        @Override
        Block block(int channelsIn, int channels, int stride) {
            return new BottleneckBlock(channelsIn, channels, stride);
        }
    };

    abstract Block block(int channelsIn, int channels, int stride);
}
