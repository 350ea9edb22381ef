package io.residual.core;

/**
 * Names of the vertices: paths from the image to the classes, such as {@code stage2.block1.conv2}. Stages and blocks count
 * from 1. No name holds an underscore: DL4J splits parameter keys there.
 */
final class Paths {
    static final String INPUT = "input";
    static final String STEM_CONV = "stem.conv";
    static final String STEM_BN = "stem.bn";
    static final String STEM_RELU = "stem.relu";
    static final String STEM_POOL = "stem.pool";
    static final String POOL = "pool";
    static final String DENSE = "fc";
    static final String SOFTMAX = "softmax";

    private Paths() {}

    /** Path of a stage, counted from 0. */
    static String stage(int index) {
        return "stage" + (index + 1);
    }

    /** Path of a block, both counted from 0. */
    static String block(int stageIndex, int blockIndex) {
        return stage(stageIndex) + ".block" + (blockIndex + 1);
    }
}
