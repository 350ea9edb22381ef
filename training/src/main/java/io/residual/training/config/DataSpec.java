package io.residual.training.config;

import io.residual.data.ImageSize;
import io.residual.data.InputForm;
import io.residual.data.Normalisation;
import io.residual.data.Normalisation.PerChannel;
import io.residual.data.ResizeMode;
import io.residual.data.folder.FolderOptions;
import java.io.Serializable;
import java.util.List;

/**
 * The images of a run, and what becomes of them before a network sees them.
 *
 * @param imageSize side in pixels that images are scaled to, 28 to 1024
 * @param fit how images that are not square come to that size
 * @param mean taken from pixels in [0, 1]
 * @param std by which they are divided then; above 0
 */
public record DataSpec(
        DataChoice source,
        int imageSize,
        ResizeMode fit,
        PerChannel mean,
        PerChannel std,
        FolderSpec folder,
        AugmentationSpec augmentation)
        implements Serializable {
    public DataSpec {
        DataSettings.IMAGE_SIZE.require(imageSize);
        DataSettings.STD.require(std);
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

    /** What every image goes through, in training, evaluation and prediction. */
    public InputForm input() {
        return new InputForm(ImageSize.square(imageSize), fit, new Normalisation(mean, std));
    }

    /** The same with images from elsewhere. */
    public DataSpec withSource(DataChoice other) {
        return new DataSpec(other, imageSize, fit, mean, std, folder, augmentation);
    }

    /**
     * How a folder of pictures is read.
     *
     * @param classes of the run, in the order of their labels; empty for those of the folder
     */
    public FolderOptions folderOptions(List<String> classes) {
        return new FolderOptions(input(), folder.colour(), folder.onCorruptImage(), classes);
    }
}
