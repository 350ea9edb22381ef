package io.residual.evaluation.predict;

import io.residual.data.picture.Luma;
import io.residual.data.picture.Picture;
import java.util.Arrays;
import java.util.Locale;

/**
 * Whether an image is inverted before the prediction. Fashion-MNIST and MNIST show light objects on black; a photograph or
 * a scan often shows a dark object on a light background, for which such a network was not trained.
 */
public enum InvertMode {
    /** Never: the same prediction as in training and evaluation. */
    NO,
    YES,
    /**
     * If the background is light: if the median of the outermost pixels is above 127. For networks that were trained on a
     * dark background.
     */
    AUTO;

    private static final int MIDDLE = 127;

    boolean inverts(Picture picture) {
        return switch (this) {
            case NO -> false;
            case YES -> true;
            case AUTO -> hasLightBackground(picture);
        };
    }

    /** Whether the median grey of the outermost pixels is above 127. */
    static boolean hasLightBackground(Picture picture) {
        int height = picture.height();
        int width = picture.width();
        int[] border = new int[2 * (height + width)];
        for (int x = 0; x < width; x++) {
            border[x] = grey(picture, 0, x);
            border[width + x] = grey(picture, height - 1, x);
        }
        for (int y = 0; y < height; y++) {
            border[2 * width + y] = grey(picture, y, 0);
            border[2 * width + height + y] = grey(picture, y, width - 1);
        }
        Arrays.sort(border);
        return border[border.length / 2] > MIDDLE;
    }

    private static int grey(Picture picture, int y, int x) {
        return picture.channels() == 1
                ? picture.value(0, y, x)
                : Luma.of(picture.value(0, y, x), picture.value(1, y, x), picture.value(2, y, x));
    }

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
