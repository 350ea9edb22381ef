package io.residual.core;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The kind and the number of blocks of each stage that a published depth stands for.
 *
 * @param blocks of each stage
 */
record Architecture(BlockKind kind, List<Integer> blocks) {
    private static final int STAGES_FOR_SMALL_IMAGES = 3;

    /** He et al. 2015, table 1. */
    private static final Map<Integer, Architecture> IMAGE_NET = new TreeMap<>(Map.of(
            18, new Architecture(BlockKind.BASIC, List.of(2, 2, 2, 2)),
            34, new Architecture(BlockKind.BASIC, List.of(3, 4, 6, 3)),
            50, new Architecture(BlockKind.BOTTLENECK, List.of(3, 4, 6, 3)),
            101, new Architecture(BlockKind.BOTTLENECK, List.of(3, 4, 23, 3)),
            152, new Architecture(BlockKind.BOTTLENECK, List.of(3, 8, 36, 3))));

    Architecture {
        blocks = List.copyOf(blocks);
    }

    static Architecture imageNet(int depth) {
        Architecture architecture = IMAGE_NET.get(depth);
        if (architecture == null) {
            throw new IllegalArgumentException("depth must be one of " + IMAGE_NET.keySet() + ", got " + depth);
        }
        return architecture;
    }

    /** Stem and dense layer, and three stages of n blocks of two layers. */
    static Architecture cifar(int depth) {
        return threeStages(BlockKind.BASIC, depth, 6, 2);
    }

    /** Stem and dense layer, and three stages of n blocks of three layers. */
    static Architecture preActivation(int depth) {
        return threeStages(BlockKind.BOTTLENECK, depth, 9, 2);
    }

    /** As {@link #cifar}; the paper counts two of the three shortcut convolutions, too. */
    static Architecture wide(int depth) {
        return threeStages(BlockKind.BASIC, depth, 6, 4);
    }

    private static Architecture threeStages(BlockKind kind, int depth, int perBlock, int others) {
        int n = Math.floorDiv(depth - others, perBlock);
        int below = n * perBlock + others;
        if (n >= 1 && below == depth) {
            return new Architecture(kind, Collections.nCopies(STAGES_FOR_SMALL_IMAGES, n));
        }
        String nearest = n >= 1
                ? "the nearest are " + below + " and " + (below + perBlock)
                : "the smallest is " + (perBlock + others);
        throw new IllegalArgumentException(
                "depth must be " + perBlock + "n + " + others + ", got " + depth + ": " + nearest);
    }

    /**
     * Stages that double the channels and halve the resolution, from the second one on.
     *
     * @param width output channels of the first stage's 3x3 convolutions; a bottleneck block gives more
     */
    List<Stage> stages(int width) {
        int channels = kind == BlockKind.BOTTLENECK ? BottleneckBlock.EXPANSION * width : width;
        List<Stage> stages = new ArrayList<>();
        for (int i = 0; i < blocks.size(); i++) {
            stages.add(new Stage(kind, blocks.get(i), channels << i, i == 0 ? 1 : 2));
        }
        return stages;
    }
}
