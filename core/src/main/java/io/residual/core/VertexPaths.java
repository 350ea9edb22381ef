package io.residual.core;

import io.residual.core.Flavour.Order;

/**
 * Names of the vertices: paths from the image to the classes, such as {@code stage2.block1.conv2}. Stages and blocks count
 * from 1. No name holds an underscore: DL4J splits parameter keys there.
 */
public final class VertexPaths {
    public static final String INPUT = "input";
    public static final String STEM = "stem";
    public static final String STEM_POOL = "stem.pool";
    /** The batch norm and ReLU behind the last pre-activation block. */
    public static final String HEAD = "head";

    public static final String HEAD_BN = HEAD + ".bn";
    public static final String HEAD_RELU = HEAD + ".relu";
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

    /** Path of the vertex whose output a block hands on, stage and block counted from 0. */
    public static String blockOutput(ResNetSpec spec, int stageIndex, int blockIndex) {
        String block = block(stageIndex, blockIndex);
        int convolutions =
                spec.blocks(stageIndex).get(blockIndex).convolutions().size();
        return switch (spec.flavour().order()) {
            case POST_ACTIVATION -> block + ".relu" + convolutions;
            case PRE_ACTIVATION -> block + (spec.shortcuts() == Shortcuts.RESIDUAL ? ".add" : ".conv" + convolutions);
        };
    }

    /**
     * Suffix of the vertices of a stem's convolution, counted from 0: none where there is one, so that it is {@code stem.conv},
     * {@code stem.bn} and {@code stem.relu}; else its number, as in {@code stem.conv1}.
     */
    static String stemSuffix(int index, int convolutions) {
        return convolutions == 1 ? "" : Integer.toString(index + 1);
    }

    /** Path of a stem's convolution, counted from 0. */
    public static String stemConv(ResNetSpec spec, int index) {
        return STEM + ".conv" + stemSuffix(index, spec.stem().layers().size());
    }

    /** Path of the batch norm behind {@link #stemConv}, if there is one. */
    public static String stemBn(ResNetSpec spec, int index) {
        return STEM + ".bn" + stemSuffix(index, spec.stem().layers().size());
    }

    /** Path of the ReLU behind {@link #stemBn}. */
    public static String stemRelu(ResNetSpec spec, int index) {
        return STEM + ".relu" + stemSuffix(index, spec.stem().layers().size());
    }

    /** Whether a stem's convolution has a batch norm: not the last one in front of a pre-activation block. */
    public static boolean hasStemBn(ResNetSpec spec, int index) {
        return spec.flavour().order() == Order.POST_ACTIVATION
                || index < spec.stem().layers().size() - 1;
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
