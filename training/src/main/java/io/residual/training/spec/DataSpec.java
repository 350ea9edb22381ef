package io.residual.training.spec;

import java.io.Serializable;

/**
 * The images of a run.
 *
 * @param imageSize side in pixels that images are scaled to, 28 to 1024
 */
public record DataSpec(DataChoice source, int imageSize) implements Serializable {
    public DataSpec {
        DataSettings.IMAGE_SIZE.require(imageSize);
    }
}
