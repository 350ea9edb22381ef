package io.residual.training.config;

import io.residual.data.folder.Colour;
import io.residual.data.folder.OnCorruptImage;
import java.io.Serializable;

/** How folders of pictures are read; IDX files are grey and need none of this. */
public record FolderSpec(Colour colour, OnCorruptImage onCorruptImage) implements Serializable {
    /** Channels as the pictures have them; nothing corrupt, no link to elsewhere. */
    public static final FolderSpec STRICT = new FolderSpec(Colour.AUTO, OnCorruptImage.FAIL);
}
