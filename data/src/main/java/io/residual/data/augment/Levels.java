package io.residual.data.augment;

import io.residual.data.picture.Luma;

/** Changes of grey levels, pixel by pixel, as Pillow's {@code ImageEnhance} and {@code ImageOps} make them. */
final class Levels {
    private static final int COUNT = 256;

    private Levels() {}

    /** Black at a factor of 0, unchanged at 1. */
    static void brightness(Planes image, double factor) {
        blendWith(image, 0, (float) factor);
    }

    /** The mean grey of the whole image at a factor of 0, unchanged at 1. */
    static void contrast(Planes image, double factor) {
        blendWith(image, (int) (meanGrey(image) + 0.5), (float) factor);
    }

    private static void blendWith(Planes image, int level, float factor) {
        byte[] table = new byte[COUNT];
        for (int v = 0; v < COUNT; v++) {
            table[v] = blended(level, v, factor);
        }
        map(image, table, 0, image.values().length);
    }

    /** Pillow's {@code Image.blend}: beyond 0 and 1 the factor extrapolates, and fractions are cut off. */
    static byte blended(int from, int to, float factor) {
        return (byte) (int) Math.max(0, Math.min(255, from + factor * (to - from)));
    }

    private static double meanGrey(Planes image) {
        byte[] values = image.values();
        int pixels = image.pixels();
        long sum = 0;
        for (int p = 0; p < pixels; p++) {
            sum += image.channels() == 1
                    ? values[p] & 0xff
                    : Luma.of(values[p] & 0xff, values[pixels + p] & 0xff, values[2 * pixels + p] & 0xff);
        }
        return (double) sum / pixels;
    }

    /** Keeps the upper bits of each level. */
    static void posterize(Planes image, int bits) {
        byte[] table = new byte[COUNT];
        for (int v = 0; v < COUNT; v++) {
            table[v] = (byte) (v & -(1 << (8 - bits)));
        }
        map(image, table, 0, image.values().length);
    }

    /** Inverts the levels from the threshold up. */
    static void solarize(Planes image, double threshold) {
        byte[] table = new byte[COUNT];
        for (int v = 0; v < COUNT; v++) {
            table[v] = (byte) (v < threshold ? v : 255 - v);
        }
        map(image, table, 0, image.values().length);
    }

    /** Spreads the levels of each channel over the whole range: Pillow's {@code autocontrast}. */
    static void stretch(Planes image) {
        for (int plane = 0; plane < image.values().length; plane += image.pixels()) {
            int[] histogram = histogram(image, plane);
            int low = 0;
            while (histogram[low] == 0) {
                low++;
            }
            int high = COUNT - 1;
            while (histogram[high] == 0) {
                high--;
            }
            if (high > low) {
                double scale = 255.0 / (high - low);
                byte[] table = new byte[COUNT];
                for (int v = 0; v < COUNT; v++) {
                    table[v] = (byte) (int) Math.max(0, Math.min(255, v * scale - low * scale));
                }
                map(image, table, plane, plane + image.pixels());
            }
        }
    }

    /** Makes the levels of each channel about equally frequent: Pillow's {@code equalize}. */
    static void equalize(Planes image) {
        for (int plane = 0; plane < image.values().length; plane += image.pixels()) {
            int[] histogram = histogram(image, plane);
            int highest = COUNT - 1;
            while (histogram[highest] == 0) {
                highest--;
            }
            int step = (image.pixels() - histogram[highest]) / 255;
            if (step > 0) {
                byte[] table = new byte[COUNT];
                int below = step / 2;
                for (int v = 0; v < COUNT; v++) {
                    table[v] = (byte) Math.min(255, below / step);
                    below += histogram[v];
                }
                map(image, table, plane, plane + image.pixels());
            }
        }
    }

    private static int[] histogram(Planes image, int plane) {
        byte[] values = image.values();
        int[] histogram = new int[COUNT];
        for (int p = plane; p < plane + image.pixels(); p++) {
            histogram[values[p] & 0xff]++;
        }
        return histogram;
    }

    private static void map(Planes image, byte[] table, int from, int to) {
        byte[] values = image.values();
        for (int p = from; p < to; p++) {
            values[p] = table[values[p] & 0xff];
        }
    }
}
