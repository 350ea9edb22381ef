package io.residual.evaluation.model;

import io.residual.evaluation.model.ImageView.Mirror;
import java.util.List;
import java.util.Locale;

/**
 * Changes of an image that should not change its class. Averaging the probabilities over them is test-time augmentation
 * (A. Krizhevsky et al., 2012, section 4.1).
 */
public enum TestTimeAugmentation {
    /** The image and its mirror image. */
    FLIP,
    /** The image, and shifted by a pixel up, down, left and right. */
    SHIFT;

    List<ImageView> views() {
        return switch (this) {
            case FLIP -> List.of(ImageView.PLAIN, new ImageView(0, 0, Mirror.LEFT_TO_RIGHT));
            case SHIFT ->
                List.of(
                        ImageView.PLAIN,
                        new ImageView(-1, 0, Mirror.NONE),
                        new ImageView(1, 0, Mirror.NONE),
                        new ImageView(0, -1, Mirror.NONE),
                        new ImageView(0, 1, Mirror.NONE));
        };
    }

    /** The name in lower case, as commands show it. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
