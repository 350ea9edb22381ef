package io.residual.data.picture;

import java.awt.color.ColorSpace;
import java.awt.image.BufferedImage;
import java.awt.image.ColorModel;
import java.awt.image.DataBuffer;
import java.awt.image.IndexColorModel;
import java.awt.image.Raster;
import java.util.Arrays;

/** Values out of Java's images. */
final class Pixels {
    private static final int WHITE = 255;

    private Pixels() {}

    /** The picture, grey if the image is. */
    static Picture of(BufferedImage image) {
        ColorModel colours = image.getColorModel();
        boolean plainGrey = colours.getColorSpace().getType() == ColorSpace.TYPE_GRAY
                && !(colours instanceof IndexColorModel)
                && (colours.getTransferType() == DataBuffer.TYPE_BYTE
                        || colours.getTransferType() == DataBuffer.TYPE_USHORT);
        return plainGrey ? grey(image) : colour(image);
    }

    /** Reads samples and not colours: Java takes grey levels for linear light and would brighten them. */
    private static Picture grey(BufferedImage image) {
        int height = image.getHeight();
        int width = image.getWidth();
        Raster raster = image.getRaster();
        int shift = Math.max(0, image.getColorModel().getComponentSize(0) - 8);
        byte[] values = new byte[height * width];
        int[] row = new int[width];
        int[] alpha = new int[width];
        for (int y = 0; y < height; y++) {
            raster.getSamples(0, y, width, 1, 0, row);
            if (raster.getNumBands() > 1) {
                raster.getSamples(0, y, width, 1, 1, alpha);
            } else {
                Arrays.fill(alpha, WHITE << shift);
            }
            for (int x = 0; x < width; x++) {
                values[y * width + x] = (byte) overWhite(row[x] >> shift, alpha[x] >> shift);
            }
        }
        return Picture.of(1, height, width, values);
    }

    private static Picture colour(BufferedImage image) {
        int height = image.getHeight();
        int width = image.getWidth();
        int pixels = height * width;
        byte[] values = new byte[Math.multiplyExact(3, pixels)];
        int[] row = new int[width];
        boolean coloured = false;
        for (int y = 0; y < height; y++) {
            image.getRGB(0, y, width, 1, row, 0, width);
            for (int x = 0; x < width; x++) {
                int alpha = row[x] >>> 24;
                int red = overWhite(row[x] >> 16 & 0xff, alpha);
                int green = overWhite(row[x] >> 8 & 0xff, alpha);
                int blue = overWhite(row[x] & 0xff, alpha);
                int at = y * width + x;
                values[at] = (byte) red;
                values[pixels + at] = (byte) green;
                values[2 * pixels + at] = (byte) blue;
                coloured |= red != green || green != blue;
            }
        }
        Picture picture = Picture.of(3, height, width, values);
        return coloured ? picture : picture.withChannels(1);
    }

    private static int overWhite(int value, int alpha) {
        return (value * alpha + WHITE * (255 - alpha) + 127) / 255;
    }
}
