package io.residual.core;

/**
 * Names of the vertices: paths from the image to the classes, such as {@code stage2.block1.conv2}. Stages and blocks count
 * from 1. No name holds an underscore: DL4J splits parameter keys there.
 */
public final class VertexPaths {
    public static final String INPUT = "input";
    public static final String STEM_CONV = "stem.conv";
    public static final String STEM_BN = "stem.bn";
    public static final String STEM_RELU = "stem.relu";
    public static final String STEM_POOL = "stem.pool";
    public static final String POOL = "pool";
    public static final String DENSE = "fc";
    public static final String SOFTMAX = "softmax";

    private VertexPaths() {}

    /** Path of a stage, counted from 0. */
    public static String stage(int index) {
        return "stage" + (index + 1);
    }

    /** Path of a block, both counted from 0. */
    public static String block(int stageIndex, int blockIndex) {
        return stage(stageIndex) + ".block" + (blockIndex + 1);
    }

    /** Path of the 1x1 convolution on a block's shortcut. */
    public static String projectionConv(String block) {
        return block + ".shortcut.conv";
    }

    /** Path of the batch norm behind {@link #projectionConv}, in flavours that have one. */
    public static String projectionBn(String block) {
        return block + ".shortcut.bn";
    }
}
