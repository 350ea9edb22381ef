package io.residual.training.config;

import io.residual.data.folder.Colour;
import io.residual.data.folder.OnCorruptImage;
import io.residual.training.config.Setting.Topic;

/** How folders of images are read; IDX files are grey and need none of this. */
public record FolderSpec(Colour colour, OnCorruptImage onCorruptImage) {
    static final SettingGroup<FolderSpec> SETTINGS =
            new SettingGroup<>(Topic.DATA, s -> s.data().folder());

    static final Setting<Colour> COLOUR = SETTINGS.named(
                    "colour", "channels of images in folders: as they are, grey or colour")
            .withDefault(ValueType.wordsOf(Colour.values()), FolderSpec::colour, Colour.AUTO);

    static final Setting<OnCorruptImage> ON_CORRUPT_IMAGE = SETTINGS.named(
                    "onCorruptImage", "what to do about an image that cannot be read: end the run, or skip the image")
            .withDefault(ValueType.wordsOf(OnCorruptImage.values()), FolderSpec::onCorruptImage, OnCorruptImage.FAIL);

    /** Channels as the images have them; none may be corrupt. */
    public static final FolderSpec STRICT = from(SettingValues.DEFAULTS);

    static FolderSpec from(SettingValues values) {
        return new FolderSpec(values.get(COLOUR), values.get(ON_CORRUPT_IMAGE));
    }
}
