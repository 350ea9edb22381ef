package io.residual.evaluation.explain;

import java.awt.image.BufferedImage;

/** Pictures of grey images for people: enlarged, and with a heat map laid over. */
public final class Overlay {
    /** The heat's colour where it is greatest: Okabe and Ito's vermillion, which stands out on every grey. */
    private static final int[] HOT = {0xff, 0x6a, 0x00};

    private static final double STRENGTH = 0.75;

    private Overlay() {}

    /**
     * The image as it is.
     *
     * @param grey unsigned grey levels, row by row from the top, {@code height * width}
     */
    public static BufferedImage plain(byte[] grey, int height, int width) {
        BufferedImage picture = new BufferedImage(width, height, BufferedImage.TYPE_BYTE_GRAY);
        picture.getRaster().setDataElements(0, 0, width, height, grey);
        return picture;
    }

    /**
     * The image and beside it, to the right, the image with the heat over it, both enlarged.
     *
     * @param grey unsigned grey levels, row by row from the top, {@code height * width}
     * @param scale pixels of the picture for each of the image, at least 1
     */
    public static BufferedImage beside(byte[] grey, int height, int width, HeatGrid heat, int scale) {
        int gap = scale;
        int side = width * scale;
        BufferedImage picture = new BufferedImage(2 * side + gap, height * scale, BufferedImage.TYPE_INT_ARGB);
        for (int y = 0; y < height * scale; y++) {
            for (int x = 0; x < side; x++) {
                int level = grey[y / scale * width + x / scale] & 0xff;
                picture.setRGB(x, y, colour(level, 0));
                double relativeHeat = heat.relativeHeat((y + 0.5) / (height * scale), (x + 0.5) / side);
                picture.setRGB(side + gap + x, y, colour(level, STRENGTH * relativeHeat));
            }
        }
        return picture;
    }

    private static int colour(int level, double heat) {
        int colour = 0xff;
        for (int hot : HOT) {
            colour = colour << 8 | (int) Math.round(level * (1 - heat) + hot * heat);
        }
        return colour;
    }
}
