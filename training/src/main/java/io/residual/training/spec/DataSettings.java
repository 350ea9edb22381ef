package io.residual.training.spec;

import java.util.List;

/** Settings of the images. */
final class DataSettings {
    static final Setting<DataChoice> DATA = new Setting<>(
            "data", "the images", new Domain.Sources(), s -> s.data().source());

    static final Setting<Integer> IMAGE_SIZE = new Setting<>(
            "imageSize",
            "side that images are scaled to, in pixels",
            Domain.wholeNumbers(28, 1024),
            s -> s.data().imageSize());

    private static final List<Setting<?>> ALL = List.of(DATA, IMAGE_SIZE);

    private DataSettings() {}

    static List<Setting<?>> all() {
        return ALL;
    }

    static DataSpec build(SettingTexts texts) {
        return new DataSpec(texts.value(DATA), texts.value(IMAGE_SIZE));
    }
}
