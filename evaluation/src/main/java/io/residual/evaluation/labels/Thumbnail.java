package io.residual.evaluation.labels;

import io.residual.data.ImageSet;
import java.awt.image.BufferedImage;

/** Images of a set as pictures, in their own colours and size. */
final class Thumbnail {
    /** Between two images, in pixels. */
    private static final int GAP = 1;

    private Thumbnail() {}

    static BufferedImage of(ImageSet images, int index) {
        BufferedImage picture = new BufferedImage(images.width(), images.height(), BufferedImage.TYPE_INT_ARGB);
        draw(picture, 0, images, index);
        return picture;
    }

    /** Two images of the same size beside each other. */
    static BufferedImage of(ImageSet first, int index, ImageSet second, int other) {
        int width = 2 * first.width() + GAP;
        BufferedImage picture = new BufferedImage(width, first.height(), BufferedImage.TYPE_INT_ARGB);
        draw(picture, 0, first, index);
        draw(picture, first.width() + GAP, second, other);
        return picture;
    }

    private static void draw(BufferedImage picture, int left, ImageSet images, int index) {
        int area = images.height() * images.width();
        byte[] pixels = new byte[images.channels() * area];
        images.copyPixels(index, pixels, 0);
        int green = images.channels() == 1 ? 0 : area;
        for (int i = 0; i < area; i++) {
            int colour = 0xff << 24
                    | (pixels[i] & 0xff) << 16
                    | (pixels[green + i] & 0xff) << 8
                    | (pixels[2 * green + i] & 0xff);
            picture.setRGB(left + i % images.width(), i / images.width(), colour);
        }
    }
}
