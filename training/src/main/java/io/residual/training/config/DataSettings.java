package io.residual.training.config;

import io.residual.data.Normalisation.PerChannel;
import io.residual.data.ResizeMode;
import io.residual.data.folder.Colour;
import io.residual.data.folder.OnCorruptImage;
import java.util.List;
import java.util.stream.Stream;

/** Settings of the images. */
final class DataSettings {
    static final Setting<DataChoice> DATA = new Setting<>(
            "data", "the images", new ValueType.Sources(), s -> s.data().source());

    static final Setting<Integer> IMAGE_SIZE = new Setting<>(
            "imageSize",
            "side that images are scaled to, in pixels",
            ValueType.wholeNumbers(28, 1024),
            s -> s.data().imageSize());

    static final Setting<ResizeMode> FIT = new Setting<>(
                    "fit",
                    "whether images that are not square are stretched, or their middle is cut out",
                    ValueType.wordsOf(ResizeMode.values()),
                    s -> s.data().fit())
            .otherwise(ResizeMode.STRETCH);

    static final Setting<PerChannel> MEAN = new Setting<>(
                    "mean",
                    "taken from pixels in [0, 1] before a network sees them",
                    new ValueType.Channels(-1000, 1000),
                    s -> s.data().mean())
            .otherwise(PerChannel.all(0));

    static final Setting<PerChannel> STD = new Setting<>(
                    "std",
                    "what they are divided by then",
                    new ValueType.Channels(1e-6, 1000),
                    s -> s.data().std())
            .otherwise(PerChannel.all(1));

    private static final Setting<Colour> COLOUR = new Setting<>(
                    "colour",
                    "channels of pictures in folders: as they are, grey or colour",
                    ValueType.wordsOf(Colour.values()),
                    s -> s.data().folder().colour())
            .otherwise(Colour.AUTO);

    private static final Setting<OnCorruptImage> ON_CORRUPT_IMAGE = new Setting<>(
                    "onCorruptImage",
                    "whether a picture that cannot be read ends the run or is left out",
                    ValueType.wordsOf(OnCorruptImage.values()),
                    s -> s.data().folder().onCorruptImage())
            .otherwise(OnCorruptImage.FAIL);

    private static final List<Setting<?>> ALL = Stream.concat(
                    Stream.of(DATA, IMAGE_SIZE, FIT, MEAN, STD, COLOUR, ON_CORRUPT_IMAGE),
                    AugmentationSettings.all().stream())
            .toList();

    private DataSettings() {}

    static List<Setting<?>> all() {
        return ALL;
    }

    static DataSpec build(SettingValues texts) {
        FolderSpec folder = new FolderSpec(texts.value(COLOUR), texts.value(ON_CORRUPT_IMAGE));
        return new DataSpec(
                texts.value(DATA),
                texts.value(IMAGE_SIZE),
                texts.value(FIT),
                texts.value(MEAN),
                texts.value(STD),
                folder,
                AugmentationSettings.build(texts));
    }
}
