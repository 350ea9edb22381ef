package io.residual.training.config;

import io.residual.data.ImageSize;
import io.residual.data.InputForm;
import io.residual.data.Normalisation;
import io.residual.data.Normalisation.PerChannel;
import io.residual.data.ResizeMode;
import io.residual.data.folder.FolderOptions;
import io.residual.training.config.Setting.Topic;
import java.util.List;

/**
 * The images of a run, and how they are prepared for a network.
 *
 * @param imageSize side in pixels that images are scaled to, 28 to 1024
 * @param fit how images that are not square are resized
 * @param mean subtracted from pixels in [0, 1]
 * @param std by which they are then divided; above 0
 */
public record DataSpec(
        DataChoice source,
        int imageSize,
        ResizeMode fit,
        PerChannel mean,
        PerChannel std,
        FolderSpec folder,
        AugmentationSpec augmentation) {
    static final SettingGroup<DataSpec> SETTINGS = new SettingGroup<>(Topic.DATA, TrainingSpec::data);

    static final Setting<DataChoice> DATA = SETTINGS.named(
                    "data",
                    "training images: Fashion-MNIST, which is downloaded if needed (auto), a small built-in sample, a directory of"
                            + " IDX files, or a directory with a folder of images for each class")
            .required(
                    ValueType.parsed(
                            "auto|sample|DIR|images:DIR",
                            "auto, sample, a directory or images:DIRECTORY",
                            DataChoice::of,
                            any -> true),
                    DataSpec::source);

    static final Setting<Integer> IMAGE_SIZE = SETTINGS.named("imageSize", "side to which images are scaled")
            .required(ValueType.wholeNumbers("PIXELS", 28, 1024), DataSpec::imageSize);

    static final Setting<ResizeMode> FIT = SETTINGS.named(
                    "fit", "whether images that are not square are stretched, or cropped to their centre")
            .withDefault(ValueType.wordsOf(ResizeMode.values()), DataSpec::fit, ResizeMode.STRETCH);

    static final Setting<PerChannel> MEAN = SETTINGS.named("mean", "mean that is subtracted from pixels in [0, 1]")
            .withDefault(channels(-1000, 1000), DataSpec::mean, PerChannel.all(0));

    static final Setting<PerChannel> STD = SETTINGS.named("std", "standard deviation by which they are then divided")
            .withDefault(channels(1e-6, 1000), DataSpec::std, PerChannel.all(1));

    public DataSpec {
        IMAGE_SIZE.require(imageSize);
        STD.require(std);
        augmentation.requireBorderBelow(imageSize);
    }

    /** Images that are only stretched to the size, with pixels in [0, 1]. */
    public DataSpec(DataChoice source, int imageSize) {
        this(
                source,
                imageSize,
                ResizeMode.STRETCH,
                PerChannel.all(0),
                PerChannel.all(1),
                FolderSpec.STRICT,
                AugmentationSpec.NONE);
    }

    static DataSpec from(SettingValues values) {
        return new DataSpec(
                values.get(DATA),
                values.get(IMAGE_SIZE),
                values.get(FIT),
                values.get(MEAN),
                values.get(STD),
                FolderSpec.from(values),
                AugmentationSpec.from(values));
    }

    /** A number for all channels of an image, or three for red, green and blue. */
    private static ValueType<PerChannel> channels(double min, double max) {
        return ValueType.parsed(
                "NUMBER|R,G,B",
                ValueType.numbers("", min, max).description() + ", or three with commas between",
                PerChannel::of,
                numbers -> numbers.values().stream().allMatch(v -> v >= min && v <= max));
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
        return new FolderOptions(input(), folder.colour(), folder.onCorruptImage(), classes);
    }
}
