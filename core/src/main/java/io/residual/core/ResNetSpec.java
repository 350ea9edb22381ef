package io.residual.core;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * A residual network for image classification, as data: stem, stages of blocks, global average pool, dense layer. It is
 * turned into a graph by {@link ResNetGraph}, and its shapes are told by {@link ShapeTable}.
 *
 * @param input shape of an image, [channels, height, width]
 * @param stages at least one, in order from the image
 * @param classes at least 2
 */
public record ResNetSpec(
        ImageShape input, Stem stem, List<Stage> stages, Flavour flavour, Shortcuts shortcuts, int classes) {
    /** Blocks per stage of the networks made of basic blocks (He et al. 2015, table 1). */
    private static final Map<Integer, List<Integer>> BLOCKS = Map.of(18, List.of(2, 2, 2, 2), 34, List.of(3, 4, 6, 3));

    public ResNetSpec {
        stages = List.copyOf(stages);
        if (stages.isEmpty()) {
            throw new IllegalArgumentException("a network needs at least one stage");
        }
        if (!(classes >= 2)) {
            throw new IllegalArgumentException("a classifier needs at least 2 classes, got " + classes);
        }
    }

    /**
     * ResNet-18 or ResNet-34 of base width 64 on grey images of 224 x 224 pixels with 10 classes, as in the d2l book; change
     * the parts with the {@code with} methods.
     *
     * @param depth number of weighted layers, 18 or 34
     * @throws IllegalArgumentException for another depth
     */
    public static ResNetSpec resNet(int depth, Flavour flavour) {
        List<Integer> blocks = BLOCKS.get(depth);
        if (blocks == null) {
            throw new IllegalArgumentException(
                    "depth must be one of " + BLOCKS.keySet().stream().sorted().toList() + ", got " + depth);
        }
        return new ResNetSpec(
                new ImageShape(1, 224, 224),
                Stem.imageNet(64),
                doublingStages(blocks, 64),
                flavour,
                Shortcuts.RESIDUAL,
                10);
    }

    /** Stages that double the width and halve the resolution, from the second one on. */
    private static List<Stage> doublingStages(List<Integer> blocks, int width) {
        List<Stage> stages = new ArrayList<>();
        for (int i = 0; i < blocks.size(); i++) {
            stages.add(new Stage(blocks.get(i), width << i, i == 0 ? 1 : 2));
        }
        return stages;
    }

    public ResNetSpec withInput(ImageShape shape) {
        return new ResNetSpec(shape, stem, stages, flavour, shortcuts, classes);
    }

    public ResNetSpec withClasses(int count) {
        return new ResNetSpec(input, stem, stages, flavour, shortcuts, count);
    }

    /**
     * The same network with another base width (channels of the stem), and all stages scaled with it.
     *
     * @throws IllegalArgumentException if a stage would not have a whole number of channels
     */
    public ResNetSpec withWidth(int width) {
        List<Stage> scaled = stages.stream()
                .map(s -> new Stage(s.blocks(), scale(s.channels(), width), s.stride()))
                .toList();
        return new ResNetSpec(
                input, new Stem(width, stem.convolution(), stem.pool()), scaled, flavour, shortcuts, classes);
    }

    private int scale(int channels, int width) {
        long product = (long) channels * width;
        if (!(width >= 1 && product % stem.channels() == 0)) {
            throw new IllegalArgumentException("width must be at least 1 and keep all channels whole: " + channels
                    + " channels at width " + stem.channels() + " cannot become width " + width);
        }
        return Math.toIntExact(product / stem.channels());
    }

    /** The same layers without shortcuts: no additions, no projections. */
    public ResNetSpec plainTwin() {
        return new ResNetSpec(input, stem, stages, flavour, Shortcuts.NONE, classes);
    }

    /** The blocks of a stage, counted from 0, with the channels they take and give. */
    public List<BasicBlock> blocks(int stageIndex) {
        Stage stage = stages.get(stageIndex);
        int channelsIn =
                stageIndex == 0 ? stem.channels() : stages.get(stageIndex - 1).channels();
        List<BasicBlock> blocks = new ArrayList<>();
        for (int i = 0; i < stage.blocks(); i++) {
            blocks.add(
                    i == 0
                            ? new BasicBlock(channelsIn, stage.channels(), stage.stride())
                            : new BasicBlock(stage.channels(), stage.channels(), 1));
        }
        return blocks;
    }

    /** Channels of the last stage, which the global average pool hands to the dense layer. */
    public int features() {
        return stages.get(stages.size() - 1).channels();
    }

    /** Number of trainable parameters. */
    public long parameters() {
        return ShapeTable.of(this).parameters();
    }
}
