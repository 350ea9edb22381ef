package io.residual.training.config;

import io.residual.core.Flavour.LastGamma;
import io.residual.core.ResNetSpec;
import io.residual.core.StochasticDepth;
import io.residual.training.config.Setting.Topic;
import java.util.List;

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
    static final SettingGroup<ArchitectureOptions> DESIGN =
            new SettingGroup<>(Topic.NETWORK, s -> s.network().design());
    static final SettingGroup<ArchitectureOptions> DROPOUT =
            new SettingGroup<>(Topic.REGULARISATION, s -> s.network().design());

    static final Setting<ShortcutOption> SHORTCUT_OPTION = DESIGN.named(
                    "shortcutOption",
                    "shortcut of blocks that change the shape: the family's, zero padding (a), 1x1 convolution and batch norm (b),"
                            + " the convolution alone, or (b) after an average pool (d)")
            .withDefault(
                    ValueType.wordsOf(ShortcutOption.values()),
                    ArchitectureOptions::shortcutOption,
                    ShortcutOption.FAMILY);

    static final Setting<StemChoice> STEM = DESIGN.named(
                    "stem",
                    "convolutions before the first stage: the family's, 7x7 (imagenet) or three 3x3 (deep), each with a max pool,"
                            + " or one 3x3 with stride 1 (small) or 2 (strided)")
            .withDefault(ValueType.wordsOf(StemChoice.values()), ArchitectureOptions::stem, StemChoice.FAMILY);

    static final Setting<LastGamma> ZERO_INIT_RESIDUAL = DESIGN.named(
                    "zeroInitResidual", "initialise the scale of each block's last batch norm with zero")
            .withDefault(
                    new ValueType.Choice<>(
                            List.of(LastGamma.ONE, LastGamma.ZERO), scale -> String.valueOf(scale == LastGamma.ZERO)),
                    ArchitectureOptions::zeroInitResidual,
                    LastGamma.ONE);

    static final Setting<Double> STOCHASTIC_DEPTH = DROPOUT.named(
                    "stochasticDepth",
                    "probability of dropping the last block in a training step; it falls linearly towards the first block")
            .withDefault(ValueType.numbers("PROBABILITY", 0, 0.99), ArchitectureOptions::stochasticDepth, 0.0);

    static final Setting<StochasticDepth.Mode> STOCHASTIC_DEPTH_MODE = DROPOUT.named(
                    "stochasticDepthMode", "drop blocks for each image (row) or for the complete batch")
            .withDefault(
                    ValueType.wordsOf(StochasticDepth.Mode.values()),
                    ArchitectureOptions::stochasticDepthMode,
                    StochasticDepth.Mode.ROW);

    static final Setting<Double> BLOCK_DROPOUT = DROPOUT.named(
                    "blockDropout", "dropout probability between the convolutions of a block")
            .withDefault(ValueType.numbers("PROBABILITY", 0, 0.99), ArchitectureOptions::blockDropout, 0.0);

    /** The published network. */
    public static final ArchitectureOptions PUBLISHED = from(SettingValues.DEFAULTS);

    public ArchitectureOptions {
        STOCHASTIC_DEPTH.require(stochasticDepth);
        BLOCK_DROPOUT.require(blockDropout);
    }

    static ArchitectureOptions from(SettingValues values) {
        return new ArchitectureOptions(
                values.get(SHORTCUT_OPTION),
                values.get(STEM),
                values.get(ZERO_INIT_RESIDUAL),
                values.get(STOCHASTIC_DEPTH),
                values.get(STOCHASTIC_DEPTH_MODE),
                values.get(BLOCK_DROPOUT));
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
