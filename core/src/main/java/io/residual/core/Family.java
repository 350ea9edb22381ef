package io.residual.core;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Families of published networks: which depths they have, of which blocks, and the names of their networks. */
public enum Family {
    /** Four stages, of basic (18, 34) or bottleneck blocks (50, 101, 152). He et al. 2015, table 1. */
    IMAGENET,
    /** Depth 6n + 2, three stages for small images, shortcuts without parameters. He et al. 2015, section 4.2. */
    CIFAR,
    /** Depth 9n + 2, three stages of pre-activation bottleneck blocks for small images. He et al. 2016. */
    PREACTIVATION,
    /** Depth 6n + 4, three stages of wide pre-activation basic blocks for small images. Zagoruyko and Komodakis 2016. */
    WIDE;

    private static final int STAGES_FOR_SMALL_IMAGES = 3;

    private static final Map<Integer, List<Integer>> IMAGENET_BLOCKS = new TreeMap<>(Map.of(
            18, List.of(2, 2, 2, 2),
            34, List.of(3, 4, 6, 3),
            50, List.of(3, 4, 6, 3),
            101, List.of(3, 4, 23, 3),
            152, List.of(3, 8, 36, 3)));

    private static final Pattern NAME = Pattern.compile(
            "(?<kind>ResNet|PlainNet|PreActResNet)-(?<depth>\\d{1,4})|ResNet-(?<d>\\d{1,4})-D|WRN-(?<wide>\\d{1,4})-(?<k>\\d{1,2})");

    /**
     * A network of the family as its paper has it.
     *
     * @param flavour of the families that have networks of several
     * @param widening of {@link #WIDE}
     * @throws IllegalArgumentException for a depth that the family does not have
     */
    public ResNetSpec network(int depth, Flavour flavour, int widening) {
        return switch (this) {
            case IMAGENET -> ResNetSpec.resNet(depth, flavour);
            case CIFAR -> ResNetSpec.cifar(depth, flavour.withProjection(Flavour.Projection.ZERO_PADDING));
            case PREACTIVATION -> ResNetSpec.preActivation(depth);
            case WIDE -> ResNetSpec.wide(depth, widening);
        };
    }

    /** The name that the network's paper has for it, such as "WRN-28-10"; a net without shortcuts is "plain" in He et al. 2015. */
    public String title(int depth, int widening, Shortcuts shortcuts) {
        boolean residual = shortcuts == Shortcuts.RESIDUAL;
        return switch (this) {
            case IMAGENET, CIFAR -> (residual ? "ResNet-" : "PlainNet-") + depth;
            case PREACTIVATION -> "PreActResNet-" + depth + (residual ? "" : " without shortcuts");
            case WIDE -> "WRN-" + depth + "-" + widening + (residual ? "" : " without shortcuts");
        };
    }

    /** See {@link ResNetSpec#published}. */
    static ResNetSpec published(String name) {
        Matcher matcher = NAME.matcher(name);
        if (!matcher.matches()) {
            throw new IllegalArgumentException("no published network is called '" + name + "': expected a name such as"
                    + " ResNet-20, ResNet-50-D, PlainNet-20, PreActResNet-164 or WRN-28-10");
        }
        if (matcher.group("wide") != null) {
            return ResNetSpec.wide(Integer.parseInt(matcher.group("wide")), Integer.parseInt(matcher.group("k")));
        }
        if (matcher.group("d") != null) {
            Flavour flavour = Flavour.TORCHVISION.withProjection(Flavour.Projection.POOL_CONVOLUTION_AND_BATCH_NORM);
            return ResNetSpec.resNet(Integer.parseInt(matcher.group("d")), flavour)
                    .withStem(Stem.deep(64));
        }
        int depth = Integer.parseInt(matcher.group("depth"));
        if (matcher.group("kind").equals("PreActResNet")) {
            return ResNetSpec.preActivation(depth);
        }
        ResNetSpec spec = IMAGENET_BLOCKS.containsKey(depth)
                ? ResNetSpec.resNet(depth, Flavour.TORCHVISION)
                : ResNetSpec.cifar(depth, Flavour.CIFAR);
        return matcher.group("kind").equals("ResNet") ? spec : spec.plainTwin();
    }

    /**
     * The stages of a depth, which double the channels and halve the resolution, from the second one on.
     *
     * @param width output channels of the first stage's 3x3 convolutions; a bottleneck block gives more
     */
    List<Stage> stages(int depth, int width) {
        List<Integer> blocks = blocks(depth);
        boolean bottleneck = this == PREACTIVATION || (this == IMAGENET && depth >= 50);
        BlockKind kind = bottleneck ? BlockKind.BOTTLENECK : BlockKind.BASIC;
        int channels = bottleneck ? BottleneckBlock.EXPANSION * width : width;
        List<Stage> stages = new ArrayList<>();
        for (int i = 0; i < blocks.size(); i++) {
            stages.add(new Stage(kind, blocks.get(i), channels << i, i == 0 ? 1 : 2));
        }
        return stages;
    }

    private List<Integer> blocks(int depth) {
        return switch (this) {
            case IMAGENET -> {
                List<Integer> blocks = IMAGENET_BLOCKS.get(depth);
                if (blocks == null) {
                    throw new IllegalArgumentException(
                            "depth must be one of " + IMAGENET_BLOCKS.keySet() + ", got " + depth);
                }
                yield blocks;
            }
            // Stem and dense layer, and blocks of two or three layers; wide networks count two of three shortcut
            // convolutions, too.
            case CIFAR -> threeStages(depth, 6, 2);
            case PREACTIVATION -> threeStages(depth, 9, 2);
            case WIDE -> threeStages(depth, 6, 4);
        };
    }

    private static List<Integer> threeStages(int depth, int perBlock, int others) {
        int n = Math.floorDiv(depth - others, perBlock);
        int below = n * perBlock + others;
        if (n >= 1 && below == depth) {
            return Collections.nCopies(STAGES_FOR_SMALL_IMAGES, n);
        }
        String nearest = n >= 1
                ? "the nearest are " + below + " and " + (below + perBlock)
                : "the smallest is " + (perBlock + others);
        throw new IllegalArgumentException(
                "depth must be " + perBlock + "n + " + others + ", got " + depth + ": " + nearest);
    }

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
