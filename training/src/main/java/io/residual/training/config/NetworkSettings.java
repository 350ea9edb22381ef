package io.residual.training.config;

import io.residual.core.Family;
import io.residual.core.Shortcuts;
import java.util.List;
import java.util.stream.Stream;

/** Settings of the network. */
final class NetworkSettings {
    static final Setting<Integer> DEPTH = new Setting<>(
            "depth",
            "weighted layers: 18, 34, 50, 101, 152 (imagenet), 6n + 2 (cifar), 9n + 2 (preactivation), 6n + 4 (wide)",
            ValueType.wholeNumbers(8, 2000),
            s -> s.network().depth());

    static final Setting<NetworkSpec.Variant> FLAVOUR = new Setting<>(
            "flavour",
            "whose ResNet: the d2l book's, or torchvision's and the paper's",
            ValueType.wordsOf(NetworkSpec.Variant.values()),
            s -> s.network().flavour());

    static final Setting<Integer> WIDTH = new Setting<>(
            "width",
            "channels of the stem, which all stages scale with; 64 in the papers, 16 for small images",
            ValueType.wholeNumbers(1, 512),
            s -> s.network().width());

    static final Setting<Shortcuts> SHORTCUTS = new Setting<>(
            "shortcuts",
            "whether blocks add their input to their output",
            ValueType.wordsOf(Shortcuts.values()),
            s -> s.network().shortcuts());

    static final Setting<Family> FAMILY = new Setting<>(
                    "family",
                    "the published networks that depth is one of; all but imagenet are for small images",
                    ValueType.wordsOf(Family.values()),
                    s -> s.network().family())
            .otherwise(Family.IMAGENET);

    static final Setting<Integer> WIDENING = new Setting<>(
                    "widening",
                    "k of a wide network WRN-d-k",
                    ValueType.wholeNumbers(1, 32),
                    s -> s.network().widening())
            .otherwise(1);

    private static final List<Setting<?>> ALL = Stream.of(
                    List.<Setting<?>>of(DEPTH, FLAVOUR, WIDTH, SHORTCUTS, FAMILY, WIDENING),
                    ArchitectureSettings.all(),
                    StartSettings.all())
            .flatMap(List::stream)
            .toList();

    private NetworkSettings() {}

    static List<Setting<?>> all() {
        return ALL;
    }

    static NetworkSpec build(SettingValues texts) {
        return new NetworkSpec(
                texts.value(DEPTH),
                texts.value(FLAVOUR),
                texts.value(WIDTH),
                texts.value(SHORTCUTS),
                texts.value(FAMILY),
                texts.value(WIDENING),
                ArchitectureSettings.build(texts),
                StartSettings.build(texts));
    }
}
