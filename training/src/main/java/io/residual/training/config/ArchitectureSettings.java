package io.residual.training.config;

import io.residual.core.Flavour.LastGamma;
import io.residual.core.StochasticDepth;
import java.util.List;

/** Settings of what may differ from a family's published design. */
final class ArchitectureSettings {
    static final Setting<ShortcutOption> SHORTCUT_OPTION = new Setting<>(
                    "shortcutOption",
                    "shortcut of blocks that change the shape: zeros (a), 1x1 convolution and batch norm (b), the"
                            + " convolution alone, or with an average pool in front (d)",
                    ValueType.wordsOf(ShortcutOption.values()),
                    s -> s.network().design().shortcutOption())
            .otherwise(ShortcutOption.FAMILY);

    static final Setting<StemChoice> STEM = new Setting<>(
                    "stem",
                    "convolutions in front of the first stage: 7x7 (imagenet) or three 3x3 (deep), each with a max pool,"
                            + " or one 3x3 with stride 1 (small) or 2 (strided)",
                    ValueType.wordsOf(StemChoice.values()),
                    s -> s.network().design().stem())
            .otherwise(StemChoice.FAMILY);

    static final Setting<LastGamma> ZERO_INIT_RESIDUAL = new Setting<>(
                    "zeroInitResidual",
                    "whether each block's last batch norm begins with a scale of zero",
                    new ValueType.Choice<>(
                            List.of(LastGamma.ONE, LastGamma.ZERO), scale -> String.valueOf(scale == LastGamma.ZERO)),
                    s -> s.network().design().zeroInitResidual())
            .otherwise(LastGamma.ONE);

    static final Setting<Double> STOCHASTIC_DEPTH = new Setting<>(
                    "stochasticDepth",
                    "probability that a training step leaves out the last block, falling linearly towards the first",
                    new ValueType.ClosedReals(0, 0.99),
                    s -> s.network().design().stochasticDepth())
            .otherwise(0.0);

    static final Setting<StochasticDepth.Mode> STOCHASTIC_DEPTH_MODE = new Setting<>(
                    "stochasticDepthMode",
                    "whether that is decided for each image or for the whole batch",
                    ValueType.wordsOf(StochasticDepth.Mode.values()),
                    s -> s.network().design().stochasticDepthMode())
            .otherwise(StochasticDepth.Mode.ROW);

    static final Setting<Double> BLOCK_DROPOUT = new Setting<>(
                    "blockDropout",
                    "probability that a training step drops a value between the convolutions of a block",
                    new ValueType.ClosedReals(0, 0.99),
                    s -> s.network().design().blockDropout())
            .otherwise(0.0);

    private static final List<Setting<?>> ALL =
            List.of(SHORTCUT_OPTION, STEM, ZERO_INIT_RESIDUAL, STOCHASTIC_DEPTH, STOCHASTIC_DEPTH_MODE, BLOCK_DROPOUT);

    private ArchitectureSettings() {}

    static List<Setting<?>> all() {
        return ALL;
    }

    static ArchitectureOptions build(SettingValues texts) {
        return new ArchitectureOptions(
                texts.value(SHORTCUT_OPTION),
                texts.value(STEM),
                texts.value(ZERO_INIT_RESIDUAL),
                texts.value(STOCHASTIC_DEPTH),
                texts.value(STOCHASTIC_DEPTH_MODE),
                texts.value(BLOCK_DROPOUT));
    }
}
