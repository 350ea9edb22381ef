package io.residual.training.config;

import java.util.List;

/** Settings of what training starts from. */
final class StartSettings {
    static final Setting<StartChoice> START_FROM = new Setting<>(
                    "startFrom",
                    "weights to start from, such as torchvision's or timm's; the classifier is new where the classes differ",
                    new ValueType.Starts(),
                    s -> s.network().start().startFrom())
            .otherwise(StartChoice.New.NONE);

    static final Setting<Freeze> FREEZE_UP_TO = new Setting<>(
                    "freezeUpTo",
                    "last part of the network, counted from the image, that is not trained",
                    ValueType.wordsOf(Freeze.values()),
                    s -> s.network().start().freezeUpTo())
            .otherwise(Freeze.NONE);

    private static final List<Setting<?>> ALL = List.of(START_FROM, FREEZE_UP_TO);

    private StartSettings() {}

    static List<Setting<?>> all() {
        return ALL;
    }

    static StartSpec build(SettingValues texts) {
        return new StartSpec(texts.value(START_FROM), texts.value(FREEZE_UP_TO));
    }
}
