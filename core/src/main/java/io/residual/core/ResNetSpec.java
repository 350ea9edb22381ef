package io.residual.core;

import io.residual.core.Flavour.Projection;
import java.util.List;
import java.util.stream.IntStream;

/**
 * A residual network for image classification, as data: stem, stages of blocks, global average pool, dense layer. It is
 * turned into a graph by {@code core.graph.ResNetGraph}; {@link ShapeTable} lists its shapes.
 *
 * @param input shape of an image, [channels, height, width]
 * @param stages at least one, in order from the image
 * @param stochasticDepth of training; without effect where there are no shortcuts
 * @param blockDropout probability that training drops a value between the convolutions of a block, in [0, 1); 0 for none
 * @param classes at least 2
 */
public record ResNetSpec(
        ImageShape input,
        Stem stem,
        List<Stage> stages,
        Flavour flavour,
        Shortcuts shortcuts,
        StochasticDepth stochasticDepth,
        double blockDropout,
        int classes) {
    public ResNetSpec {
        if (!(blockDropout >= 0 && blockDropout < 1)) {
            throw new IllegalArgumentException(
                    "the probability that a value is dropped must be in [0, 1), got " + blockDropout);
        }
        stages = List.copyOf(stages);
        if (stages.isEmpty()) {
            throw new IllegalArgumentException("a network needs at least one stage");
        }
        if (!(classes >= 2)) {
            throw new IllegalArgumentException("a classifier needs at least 2 classes, got " + classes);
        }
        if (shortcuts == Shortcuts.RESIDUAL && flavour.projection() == Projection.ZERO_PADDING) {
            requirePaddable(stem.channels(), stages);
        }
    }

    /** A network without dropout. */
    public ResNetSpec(
            ImageShape input,
            Stem stem,
            List<Stage> stages,
            Flavour flavour,
            Shortcuts shortcuts,
            StochasticDepth stochasticDepth,
            int classes) {
        this(input, stem, stages, flavour, shortcuts, stochasticDepth, 0, classes);
    }

    private static void requirePaddable(int stemChannels, List<Stage> stages) {
        int channels = stemChannels;
        for (Stage stage : stages) {
            if (stage.channels() != channels && stage.channels() != 2 * channels) {
                throw new IllegalArgumentException("shortcuts padded with zeros (option A) keep or double the channels,"
                        + " but a stage takes " + channels + " and gives " + stage.channels() + ": use projections");
            }
            channels = stage.channels();
        }
    }

    /**
     * A network by the name that its paper has for it, on grey images of 224 x 224 (the depths of {@link Family#IMAGENET}) or 28 x
     * 28 pixels with 10 classes.
     *
     * @param name such as "ResNet-20", "ResNet-50", "ResNet-50-D", "PlainNet-20", "PreActResNet-164" or "WRN-28-10"
     * @throws IllegalArgumentException if there is no such network
     */
    public static ResNetSpec published(String name) {
        return Family.published(name);
    }

    /**
     * A network of He et al. 2015, table 1, of base width 64, on grey images of 224 x 224 pixels with 10 classes, as in the
     * d2l book; change the parts with the {@code with} methods.
     *
     * @param depth number of weighted layers: 18 or 34 (basic blocks), 50, 101 or 152 (bottleneck blocks)
     * @throws IllegalArgumentException for another depth
     */
    public static ResNetSpec resNet(int depth, Flavour flavour) {
        return on(new ImageShape(1, 224, 224), Stem.imageNet(64), Family.IMAGENET.stages(depth, 64), flavour);
    }

    /**
     * A network for small images: a 3x3 stem of 16 channels and three stages of n basic blocks, of 16, 32 and 64 channels (He
     * et al. 2015, section 4.2), on grey images of 28 x 28 pixels with 10 classes.
     *
     * @param depth 6n + 2, at least 8: 20, 32, 44, 56, 110 and 1202 in the paper
     * @param flavour {@link Flavour#CIFAR} in the paper
     * @throws IllegalArgumentException for another depth, with the nearest ones
     */
    public static ResNetSpec cifar(int depth, Flavour flavour) {
        return small(Family.CIFAR, depth, 1, flavour);
    }

    /**
     * A network of pre-activation bottleneck blocks for small images: a 3x3 stem of 16 channels and three stages of n blocks,
     * of 64, 128 and 256 channels (He et al. 2016), on grey images of 28 x 28 pixels with 10 classes.
     *
     * @param depth 9n + 2, at least 11: 164 and 1001 in the paper
     * @throws IllegalArgumentException for another depth, with the nearest ones
     */
    public static ResNetSpec preActivation(int depth) {
        return small(Family.PREACTIVATION, depth, 1, Flavour.PRE_ACTIVATION);
    }

    /**
     * A wide network, WRN-d-k: a 3x3 stem of 16 channels and three stages of n pre-activation basic blocks, of 16k, 32k and 64k
     * channels (Zagoruyko and Komodakis 2016), on grey images of 28 x 28 pixels with 10 classes; dropout, as some of theirs have,
     * is added by {@link #withBlockDropout}.
     *
     * @param depth d = 6n + 4, at least 10: 16, 22, 28 and 40 in the paper
     * @param widening k, at least 1
     * @throws IllegalArgumentException for another depth, with the nearest ones
     */
    public static ResNetSpec wide(int depth, int widening) {
        if (!(widening >= 1)) {
            throw new IllegalArgumentException("the widening factor must be at least 1, got " + widening);
        }
        return small(Family.WIDE, depth, widening, Flavour.PRE_ACTIVATION);
    }

    private static ResNetSpec small(Family family, int depth, int widening, Flavour flavour) {
        int stem = 16;
        return on(new ImageShape(1, 28, 28), Stem.small(stem), family.stages(depth, stem * widening), flavour);
    }

    private static ResNetSpec on(ImageShape input, Stem stem, List<Stage> stages, Flavour flavour) {
        return new ResNetSpec(input, stem, stages, flavour, Shortcuts.RESIDUAL, StochasticDepth.NONE, 10);
    }

    public ResNetSpec withInput(ImageShape shape) {
        return new ResNetSpec(shape, stem, stages, flavour, shortcuts, stochasticDepth, blockDropout, classes);
    }

    public ResNetSpec withClasses(int count) {
        return new ResNetSpec(input, stem, stages, flavour, shortcuts, stochasticDepth, blockDropout, count);
    }

    /** The same stages behind another stem, which may hand them other channels. */
    public ResNetSpec withStem(Stem other) {
        return new ResNetSpec(input, other, stages, flavour, shortcuts, stochasticDepth, blockDropout, classes);
    }

    public ResNetSpec withFlavour(Flavour other) {
        return new ResNetSpec(input, stem, stages, other, shortcuts, stochasticDepth, blockDropout, classes);
    }

    public ResNetSpec withStochasticDepth(StochasticDepth other) {
        return new ResNetSpec(input, stem, stages, flavour, shortcuts, other, blockDropout, classes);
    }

    public ResNetSpec withBlockDropout(double probability) {
        return new ResNetSpec(input, stem, stages, flavour, shortcuts, stochasticDepth, probability, classes);
    }

    /**
     * The same network with another base width (channels of the stem), and all stages scaled with it.
     *
     * @throws IllegalArgumentException if a stage would not have a whole number of channels
     */
    public ResNetSpec withWidth(int width) {
        List<Stage> scaled = stages.stream()
                .map(s -> new Stage(s.kind(), s.blocks(), scale(s.channels(), width), s.stride()))
                .toList();
        List<Stem.Layer> layers = stem.layers().stream()
                .map(layer -> new Stem.Layer(scale(layer.channels(), width), layer.window()))
                .toList();
        return new ResNetSpec(
                input,
                new Stem(layers, stem.pool()),
                scaled,
                flavour,
                shortcuts,
                stochasticDepth,
                blockDropout,
                classes);
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
        return new ResNetSpec(input, stem, stages, flavour, Shortcuts.NONE, stochasticDepth, blockDropout, classes);
    }

    /** The blocks of a stage, counted from 0, with the channels they take and give. */
    public List<Block> blocks(int stageIndex) {
        Stage stage = stages.get(stageIndex);
        int channelsIn =
                stageIndex == 0 ? stem.channels() : stages.get(stageIndex - 1).channels();
        return IntStream.range(0, stage.blocks())
                .mapToObj(index -> stage.block(index, channelsIn))
                .toList();
    }

    /** Number of blocks of all stages. */
    public int blocks() {
        return stages.stream().mapToInt(Stage::blocks).sum();
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
