package io.residual.training.config;

import io.residual.core.Flavour;
import io.residual.core.Flavour.LastGamma;
import io.residual.core.Flavour.Projection;
import io.residual.core.ResNetSpec;
import io.residual.core.Stem;
import io.residual.core.StochasticDepth;
import io.residual.training.config.Setting.Topic;
import java.util.List;
import java.util.Map;

/**
 * What may differ from a family's published network.
 *
 * @param zeroInitResidual initial scale of each block's last batch norm, under torchvision's name for it
 * @param stochasticDepth probability of dropping the last block's residual branch in a training step, in [0, 1); it falls
 *     linearly towards the first block
 * @param blockDropout probability that a training step drops a value between the convolutions of a block, in [0, 1); 0.3 for
 *     CIFAR in the paper of wide networks, which call it dropout
 */
public record ArchitectureOptions(
        ShortcutOption shortcutOption,
        StemChoice stem,
        LastGamma zeroInitResidual,
        double stochasticDepth,
        StochasticDepth.Mode stochasticDepthMode,
        double blockDropout) {
    static final SettingGroup<ArchitectureOptions> SETTINGS = new SettingGroup<>(
                    ArchitectureOptions.class, Topic.NETWORK)
            .named(
                    "shortcutOption",
                    "shortcut of blocks that change the shape: the family's, zero padding (a), 1x1 convolution and"
                            + " batch norm (b), the convolution alone, or (b) after an average pool (d)")
            .with("shortcuts", "residual")
            .optional(ShortcutOption.FAMILY)
            .named(
                    "stem",
                    "convolutions before the first stage: the family's, 7x7 (imagenet) or three 3x3 (deep), each with"
                            + " a max pool, or one 3x3 with stride 1 (small) or 2 (strided)")
            .optional(StemChoice.FAMILY)
            .named("zeroInitResidual", "initialise the scale of each block's last batch norm with zero")
            .optional(
                    ValueType.choice(
                            List.of(LastGamma.ONE, LastGamma.ZERO), scale -> String.valueOf(scale == LastGamma.ZERO)),
                    LastGamma.ONE)
            .topic(Topic.REGULARISATION)
            .named(
                    "stochasticDepth",
                    "probability of dropping the last block in a training step; it falls linearly towards the first"
                            + " block")
            .optional(ValueType.numbers("PROBABILITY", 0, 0.99), 0.0)
            .named("stochasticDepthMode", "drop blocks for each image (row) or for the complete batch")
            .with("stochasticDepth")
            .optional(StochasticDepth.Mode.ROW)
            .named("blockDropout", "dropout probability between the convolutions of a block")
            .optional(ValueType.numbers("PROBABILITY", 0, 0.99), 0.0);

    /** The published network. */
    public static final ArchitectureOptions PUBLISHED = SETTINGS.from(Map.of());

    public ArchitectureOptions {
        SETTINGS.require(shortcutOption, stem, zeroInitResidual, stochasticDepth, stochasticDepthMode, blockDropout);
    }

    /** Shortcuts of blocks that change the shape of their input. */
    public enum ShortcutOption {
        /** Those of the family and flavour. */
        FAMILY,
        /** Zeros for the channels that are missing (He et al. 2015). */
        A,
        /** A 1x1 convolution and a batch norm (He et al. 2015). */
        B,
        /** A bare 1x1 convolution. */
        CONVOLUTION,
        /** An average pool, a 1x1 convolution and a batch norm (ResNet-D). */
        D;

        Flavour applyTo(Flavour flavour) {
            return switch (this) {
                case FAMILY -> flavour;
                case A -> flavour.withProjection(Projection.ZERO_PADDING);
                case B -> flavour.withProjection(Projection.CONVOLUTION_AND_BATCH_NORM);
                case CONVOLUTION -> flavour.withProjection(Projection.CONVOLUTION);
                case D -> flavour.withProjection(Projection.POOL_CONVOLUTION_AND_BATCH_NORM);
            };
        }
    }

    /** What stands between the image and the first stage. */
    public enum StemChoice {
        /** That of the family. */
        FAMILY,
        /** A 7x7 convolution and a max pool: a quarter of the resolution is left. */
        IMAGENET,
        /** Three 3x3 convolutions and a max pool (ResNet-D): a quarter of the resolution is left. */
        DEEP,
        /** A 3x3 convolution: the resolution stays. */
        SMALL,
        /** A 3x3 convolution with stride 2: half the resolution is left. */
        STRIDED;

        /** This stem with the channels of the published one. */
        Stem inPlaceOf(Stem published) {
            int channels = published.channels();
            return switch (this) {
                case FAMILY -> published;
                case IMAGENET -> Stem.imageNet(channels);
                case DEEP -> Stem.deep(channels);
                case SMALL -> Stem.small(channels);
                case STRIDED -> Stem.strided(channels);
            };
        }
    }

    /** Whether it has both changes of He, T. et al. 2019, "Bag of Tricks", that make a ResNet-50 a ResNet-50-D. */
    boolean isResNetD() {
        return stem == StemChoice.DEEP && shortcutOption == ShortcutOption.D;
    }

    ResNetSpec applyTo(ResNetSpec published) {
        return published
                .withFlavour(shortcutOption.applyTo(published.flavour()).withLastGamma(zeroInitResidual))
                .withStem(stem.inPlaceOf(published.stem()))
                .withStochasticDepth(new StochasticDepth(stochasticDepth, stochasticDepthMode))
                .withBlockDropout(blockDropout);
    }
}
