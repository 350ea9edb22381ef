package io.residual.training.config;

import io.residual.core.ResidualException;
import io.residual.core.ResidualException.Kind;
import io.residual.data.ImageSize;
import io.residual.data.InputForm;
import io.residual.data.Normalisation;
import io.residual.data.Normalisation.PerChannel;
import io.residual.data.ResizeMode;
import io.residual.data.folder.Colour;
import io.residual.data.folder.FolderOptions;
import io.residual.data.folder.OnCorruptImage;
import io.residual.data.picture.PictureLimits;
import io.residual.training.config.Setting.Topic;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * The images of a run, and how they are prepared for a network.
 *
 * @param imageSize side in pixels that images are scaled to, 28 to 1024
 * @param growth how training images come to that size over the epochs
 * @param fit how images that are not square are resized
 * @param mean subtracted from pixels in [0, 1]
 * @param std by which they are then divided; above 0
 * @param labelDecisions that training and validation images are changed by
 */
public record DataSpec(
        DataChoice source,
        int imageSize,
        GrowthSpec growth,
        ResizeMode fit,
        PerChannel mean,
        PerChannel std,
        FolderSpec folder,
        DecisionsChoice labelDecisions,
        AugmentationSpec augmentation) {
    static final int MAX_IMAGE_SIZE = 1024;

    static final SettingGroup<DataSpec> SETTINGS = new SettingGroup<>(DataSpec.class, Topic.DATA)
            .named(
                    "data",
                    "training images: Fashion-MNIST, which is downloaded if needed (auto), a small built-in sample, a"
                            + " directory of IDX files, or a directory with a folder of images for each class")
            .required(ValueType.parsed(
                    "auto|sample|DIR|images:DIR", "auto, sample, a directory or images:DIRECTORY", DataChoice::of))
            .named("imageSize", "side to which images are scaled")
            .required(ValueType.wholeNumbers("PIXELS", 28, MAX_IMAGE_SIZE))
            .part(GrowthSpec.SETTINGS)
            .named("fit", "whether images that are not square are stretched, or cropped to their centre")
            .optional(ResizeMode.STRETCH)
            .named("mean", "mean that is subtracted from pixels in [0, 1]")
            .optional(channels(-1000, 1000), PerChannel.all(0))
            .named("std", "standard deviation by which they are then divided")
            .optional(channels(1e-6, 1000), PerChannel.all(1))
            .part(FolderSpec.SETTINGS)
            .named(
                    "labelDecisions",
                    "decisions on labels, as the review of suspects saves them: images to learn from are relabelled or"
                            + " dropped by them")
            .optional(
                    ValueType.parsed("none|FILE.jsonl", "none or a file that ends in .jsonl", DecisionsChoice::of),
                    DecisionsChoice.NONE)
            .part(AugmentationSpec.SETTINGS);

    /** How folders of images are read; IDX files are grey and need none of this. */
    public record FolderSpec(Colour colour, OnCorruptImage onCorruptImage, int maxMegapixels, int maxFileMegabytes) {
        private static final int MILLION = 1_000_000;
        /** As many bytes and pixels as an array has elements. */
        private static final int MAX_MILLIONS = 2000;

        static final SettingGroup<FolderSpec> SETTINGS = new SettingGroup<>(FolderSpec.class, Topic.DATA)
                .named("colour", "channels of images in folders: as they are, grey or colour")
                .optional(Colour.AUTO)
                .named(
                        "onCorruptImage",
                        "what to do about an image that cannot be read: end the run, or skip the image")
                .optional(OnCorruptImage.FAIL)
                .named("maxMegapixels", "maximum size of an image in a folder, in millions of pixels")
                .optional(
                        ValueType.wholeNumbers("MEGAPIXELS", 1, MAX_MILLIONS), PictureLimits.DEFAULT.pixels() / MILLION)
                .named("maxFileMegabytes", "maximum size of its file, in millions of bytes")
                .optional(
                        ValueType.wholeNumbers("MEGABYTES", 1, MAX_MILLIONS), PictureLimits.DEFAULT.bytes() / MILLION);

        /** Channels as the images have them; none may be corrupt. */
        public static final FolderSpec STRICT = SETTINGS.from(Map.of());

        public FolderSpec {
            SETTINGS.require(colour, onCorruptImage, maxMegapixels, maxFileMegabytes);
        }

        /** Of each file. */
        public PictureLimits limits() {
            return PictureLimits.DEFAULT.withPixels(maxMegapixels * MILLION).withBytes(maxFileMegabytes * MILLION);
        }
    }

    public DataSpec {
        SETTINGS.require(source, imageSize, growth, fit, mean, std, folder, labelDecisions, augmentation);
        augmentation.requireBorderBelow(imageSize);
        if (growth.startImageSize() > imageSize) {
            throw new IllegalArgumentException("startImageSize " + growth.startImageSize() + " is above imageSize "
                    + imageSize + ": training images grow to that, so start with smaller ones");
        }
    }

    /** Images that are only stretched to the size, with pixels in [0, 1]. */
    public DataSpec(DataChoice source, int imageSize) {
        this(
                source,
                imageSize,
                GrowthSpec.NONE,
                ResizeMode.STRETCH,
                PerChannel.all(0),
                PerChannel.all(1),
                FolderSpec.STRICT,
                DecisionsChoice.NONE,
                AugmentationSpec.NONE);
    }

    DataSpec withAbsolutePaths() {
        return new DataSpec(
                source.absolute(), imageSize, growth, fit, mean, std, folder, labelDecisions.absolute(), augmentation);
    }

    DataSpec withoutGrowth() {
        return new DataSpec(source, imageSize, GrowthSpec.NONE, fit, mean, std, folder, labelDecisions, augmentation);
    }

    /** A number for all channels of an image, or three for red, green and blue. */
    private static ValueType<PerChannel> channels(double min, double max) {
        return ValueType.parsed(
                        "NUMBER|R,G,B",
                        ValueType.numbers("", min, max).description() + ", or three with commas between",
                        PerChannel::of)
                .where(numbers -> numbers.values().stream().allMatch(v -> v >= min && v <= max));
    }

    /**
     * Makes sure that images can be normalised.
     *
     * @throws ResidualException of kind BAD_SETTING if there are numbers for another number of channels
     */
    void requireFits(int channels) {
        for (Map.Entry<String, PerChannel> numbers : List.of(Map.entry("mean", mean), Map.entry("std", std))) {
            int count = numbers.getValue().values().size();
            if (count != 1 && count != channels) {
                throw new ResidualException(
                        Kind.BAD_SETTING,
                        String.format(
                                Locale.ROOT,
                                "%s: %s are numbers for %d channels, the images have %s: give one number, or read them"
                                        + " in colour",
                                numbers.getKey(),
                                numbers.getValue(),
                                count,
                                channels == 1 ? "one (grey)" : String.valueOf(channels)));
            }
        }
    }

    /** How every image is prepared, in training, evaluation and prediction. */
    public InputForm input() {
        return new InputForm(ImageSize.square(imageSize), fit, new Normalisation(mean, std));
    }

    /**
     * How a folder of images is read.
     *
     * @param classes of the run, in the order of their labels; empty for those of the folder
     */
    public FolderOptions folderOptions(List<String> classes) {
        return new FolderOptions(input(), folder.colour(), folder.onCorruptImage(), folder.limits(), classes);
    }
}
