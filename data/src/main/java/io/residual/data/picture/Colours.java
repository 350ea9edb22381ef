package io.residual.data.picture;

import io.residual.data.picture.PictureException.Reason;
import java.awt.color.ColorSpace;
import java.awt.image.BufferedImage;
import java.awt.image.ColorModel;
import java.awt.image.DataBuffer;
import java.awt.image.IndexColorModel;
import java.awt.image.SampleModel;
import java.awt.image.SinglePixelPackedSampleModel;

/**
 * What the samples of a pixel mean, as Pillow's {@code convert("RGB")} has it. Samples are taken as they are: colour
 * profiles and gamma are ignored, as Pillow ignores them. Of more than 8 bits the upper 8 count.
 */
interface Colours {
    int OPAQUE = 0xff << 24;

    /** Alpha, red, green and blue, 8 bits each, of the pixel whose samples start at a place of a row. */
    int argb(int[] samples, int at);

    /** Of an image of one of Java's readers that has no rules of its own. */
    static Colours of(BufferedImage image, PictureFormat format) throws PictureException {
        ColorModel model = image.getColorModel();
        if (model instanceof IndexColorModel palette) {
            return (samples, at) -> palette.getRGB(samples[at]);
        }
        SampleModel samples = image.getSampleModel();
        int type = samples.getDataType();
        boolean whole = type == DataBuffer.TYPE_BYTE
                || type == DataBuffer.TYPE_USHORT
                || (type == DataBuffer.TYPE_INT && samples instanceof SinglePixelPackedSampleModel);
        if (!whole) {
            throw new PictureException(
                    Reason.FORMAT, "a " + format + " whose samples are not of 1 to 16 bits: convert it to 8 bits");
        }
        return ofSamples(samples, model, format);
    }

    private static Colours ofSamples(SampleModel model, ColorModel colours, PictureFormat format)
            throws PictureException {
        int bands = model.getNumBands();
        boolean alpha = colours.hasAlpha() && !colours.isAlphaPremultiplied();
        int[] bits = model.getSampleSize();
        int space = colours.getColorSpace().getType();
        if (space == ColorSpace.TYPE_GRAY && bands <= 2) {
            return (s, at) -> grey(level(s[at], bits[0]), alpha ? level(s[at + 1], bits[1]) : 255);
        }
        if (space == ColorSpace.TYPE_RGB && (bands == 3 || bands == 4)) {
            return (s, at) -> rgb(level(s[at], bits[0]), level(s[at + 1], bits[1]), level(s[at + 2], bits[2]))
                    & (alpha ? level(s[at + 3], bits[3]) << 24 | 0xffffff : -1);
        }
        if (space == ColorSpace.TYPE_CMYK && bands == 4) {
            return (s, at) -> cmyk(
                    level(s[at], bits[0]),
                    level(s[at + 1], bits[1]),
                    level(s[at + 2], bits[2]),
                    level(s[at + 3], bits[3]));
        }
        throw new PictureException(
                Reason.FORMAT,
                "a " + format + " of " + bands + " samples a pixel that are neither grey, RGB nor CMYK: convert it");
    }

    private static int level(int sample, int bits) {
        return bits >= 8 ? sample >>> (bits - 8) : sample * 255 / ((1 << bits) - 1);
    }

    static int grey(int level, int alpha) {
        return alpha << 24 | level << 16 | level << 8 | level;
    }

    static int rgb(int red, int green, int blue) {
        return OPAQUE | red << 16 | green << 8 | blue;
    }

    /** Pillow's cmyk2rgb: without a profile, and rounded. */
    static int cmyk(int cyan, int magenta, int yellow, int black) {
        int light = 255 - black;
        return rgb(
                Math.max(0, light - product(cyan, light)),
                Math.max(0, light - product(magenta, light)),
                Math.max(0, light - product(yellow, light)));
    }

    /** a b / 255, rounded. */
    private static int product(int a, int b) {
        int product = a * b + 128;
        return ((product >> 8) + product) >> 8;
    }

    /** Of a JPEG. Four components are taken to be inverted, as Adobe's programs write them and Pillow reads them. */
    static Colours of(JpegFile.Samples samples) {
        return switch (samples) {
            case GREY -> (s, at) -> grey(s[at], 255);
            case RGB -> (s, at) -> rgb(s[at], s[at + 1], s[at + 2]);
            case YCBCR -> (s, at) -> yCbCr(s[at], s[at + 1], s[at + 2]);
            case CMYK -> (s, at) -> cmyk(255 - s[at], 255 - s[at + 1], 255 - s[at + 2], 255 - s[at + 3]);
            case YCCK ->
                (s, at) -> {
                    int inverted = yCbCr(s[at], s[at + 1], s[at + 2]);
                    return cmyk(inverted >> 16 & 0xff, inverted >> 8 & 0xff, inverted & 0xff, 255 - s[at + 3]);
                };
        };
    }

    /** libjpeg's conversion, in fixed point with 16 bits. */
    private static int yCbCr(int y, int cb, int cr) {
        int blueness = cb - 128;
        int redness = cr - 128;
        return rgb(
                clamp(y + ((91881 * redness + 0x8000) >> 16)),
                clamp(y + ((-22554 * blueness - 46802 * redness + 0x8000) >> 16)),
                clamp(y + ((116130 * blueness + 0x8000) >> 16)));
    }

    private static int clamp(int level) {
        return Math.max(0, Math.min(255, level));
    }
}
