package io.residual.evaluation.model;

import io.residual.evaluation.model.ImageView.Mirror;
import java.util.List;
import java.util.Locale;

/**
 * Changes of an image that should not change its class. Averaging the probabilities over the image and these is test-time
 * augmentation (A. Krizhevsky et al., 2012, section 4.1).
 */
public enum TestTimeAugmentation {
    /** Its mirror image. */
    FLIP,
    /** It, shifted by a pixel up, down, left and right. */
    SHIFT;

    /** Without the image itself. */
    List<ImageView> views() {
        return switch (this) {
            case FLIP -> List.of(new ImageView(0, 0, Mirror.LEFT_TO_RIGHT));
            case SHIFT ->
                List.of(
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
