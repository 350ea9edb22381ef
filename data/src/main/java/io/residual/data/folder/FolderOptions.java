package io.residual.data.folder;

import io.residual.data.InputForm;
import io.residual.data.picture.PictureLimits;
import java.util.List;

/**
 * How a folder of pictures is read.
 *
 * @param form size and fit to which pictures are brought as they are read
 * @param limits of each file
 * @param classes in the order of their labels, of which folders may lack some; empty for those of the folder, sorted
 */
public record FolderOptions(
        InputForm form, Colour colour, OnCorruptImage onCorruptImage, PictureLimits limits, List<String> classes) {
    public FolderOptions {
        classes = List.copyOf(classes);
    }

    /** Within the usual limits. */
    public FolderOptions(InputForm form, Colour colour, OnCorruptImage onCorruptImage, List<String> classes) {
        this(form, colour, onCorruptImage, PictureLimits.DEFAULT, classes);
    }

    FolderOptions withClasses(List<String> names) {
        return new FolderOptions(form, colour, onCorruptImage, limits, names);
    }
}
