package io.residual.training.spec;

import io.residual.core.Shortcuts;
import java.util.List;

/** Settings of the network. */
final class NetworkSettings {
    static final Setting<Integer> DEPTH = new Setting<>(
            "depth",
            "weighted layers of the network",
            new Domain.Choice<>(List.of(18, 34), String::valueOf),
            s -> s.network().depth());

    static final Setting<NetworkSpec.Variant> FLAVOUR = new Setting<>(
            "flavour",
            "whose ResNet: the d2l book's, or torchvision's and the paper's",
            Domain.wordsOf(NetworkSpec.Variant.values()),
            s -> s.network().flavour());

    static final Setting<Integer> WIDTH = new Setting<>(
            "width",
            "channels of the stem, which all stages scale with; 64 in the paper",
            Domain.wholeNumbers(1, 512),
            s -> s.network().width());

    static final Setting<Shortcuts> SHORTCUTS = new Setting<>(
            "shortcuts",
            "whether blocks add their input to their output",
            Domain.wordsOf(Shortcuts.values()),
            s -> s.network().shortcuts());

    private static final List<Setting<?>> ALL = List.of(DEPTH, FLAVOUR, WIDTH, SHORTCUTS);

    private NetworkSettings() {}

    static List<Setting<?>> all() {
        return ALL;
    }

    static NetworkSpec build(SettingTexts texts) {
        return new NetworkSpec(texts.value(DEPTH), texts.value(FLAVOUR), texts.value(WIDTH), texts.value(SHORTCUTS));
    }
}
