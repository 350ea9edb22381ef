package io.residual.evaluation.explain;

import io.residual.data.ImageSet;
import io.residual.data.picture.Picture;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import javax.imageio.ImageIO;
import javax.imageio.stream.MemoryCacheImageOutputStream;

/** Images for people: without changes, side by side, or enlarged with a heat map. */
public final class Bitmaps {
    /** Between two images, in pixels. */
    private static final int GAP = 1;

    /** The colour of the maximum heat: Okabe and Ito's vermillion, which stands out on every grey. */
    private static final int[] HOT = {0xff, 0x6a, 0x00};

    private static final double STRENGTH = 0.75;

    private Bitmaps() {}

    /** One image of a set. */
    public static Picture picture(ImageSet images, int index) {
        byte[] pixels = new byte[images.channels() * images.height() * images.width()];
        images.copyPixels(index, pixels, 0);
        return Picture.of(images.channels(), images.height(), images.width(), pixels);
    }

    /** Images of the same size side by side, in their own colours. */
    public static BufferedImage of(Picture... pictures) {
        int step = pictures[0].width() + GAP;
        BufferedImage bitmap =
                new BufferedImage(pictures.length * step - GAP, pictures[0].height(), BufferedImage.TYPE_INT_ARGB);
        for (int i = 0; i < pictures.length; i++) {
            Picture rgb = pictures[i].withChannels(3);
            for (int y = 0; y < rgb.height(); y++) {
                for (int x = 0; x < rgb.width(); x++) {
                    // Packed, not drawn: Java takes the levels of grey bitmaps for linear light.
                    int colour = 0xff << 24 | rgb.value(0, y, x) << 16 | rgb.value(1, y, x) << 8 | rgb.value(2, y, x);
                    bitmap.setRGB(i * step + x, y, colour);
                }
            }
        }
        return bitmap;
    }

    /**
     * The grey image, and to its right the same with the heat over it, both enlarged. Heat stands out on grey alone.
     *
     * @param scale pixels of the bitmap for each of the image, at least 1
     */
    public static BufferedImage withHeat(Picture picture, HeatGrid heat, int scale) {
        Picture grey = picture.withChannels(1);
        int height = grey.height() * scale;
        int width = grey.width() * scale;
        int gap = scale;
        BufferedImage bitmap = new BufferedImage(2 * width + gap, height, BufferedImage.TYPE_INT_ARGB);
        for (int y = 0; y < height; y++) {
            for (int x = 0; x < width; x++) {
                int level = grey.value(0, y / scale, x / scale);
                bitmap.setRGB(x, y, colour(level, 0));
                double relativeHeat = heat.relativeHeat((y + 0.5) / height, (x + 0.5) / width);
                bitmap.setRGB(width + gap + x, y, colour(level, STRENGTH * relativeHeat));
            }
        }
        return bitmap;
    }

    private static int colour(int level, double heat) {
        int colour = 0xff;
        for (int hot : HOT) {
            colour = colour << 8 | (int) Math.round(level * (1 - heat) + hot * heat);
        }
        return colour;
    }

    /** A PNG file, made in memory. */
    public static byte[] png(Picture picture) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (MemoryCacheImageOutputStream out = new MemoryCacheImageOutputStream(bytes)) {
            ImageIO.write(of(picture), "png", out);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }
}
