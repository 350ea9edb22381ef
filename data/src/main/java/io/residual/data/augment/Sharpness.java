package io.residual.data.augment;

/** Pillow's {@code ImageEnhance.Sharpness}. */
final class Sharpness {
    /** Weight of the middle in Pillow's filter SMOOTH; the eight around it weigh 1 each. */
    private static final int MIDDLE = 5;

    private static final int SUM = MIDDLE + 8;

    private Sharpness() {}

    /** Smoothed at a factor of 0, unchanged at 1, sharper above; the outermost pixels stay as they are. */
    static void apply(Planes image, double factor) {
        byte[] values = image.values();
        byte[] target = image.spare();
        System.arraycopy(values, 0, target, 0, values.length);
        int width = image.width();
        for (int plane = 0; plane < values.length; plane += image.pixels()) {
            for (int y = 1; y < image.height() - 1; y++) {
                int row = plane + y * width;
                for (int at = row + 1; at < row + width - 1; at++) {
                    target[at] = Levels.blended(smooth(values, at, width), values[at] & 0xff, (float) factor);
                }
            }
        }
        image.swap();
    }

    private static int smooth(byte[] values, int at, int width) {
        int sum = (MIDDLE - 1) * (values[at] & 0xff);
        for (int row = at - width; row <= at + width; row += width) {
            sum += (values[row - 1] & 0xff) + (values[row] & 0xff) + (values[row + 1] & 0xff);
        }
        return (2 * sum + SUM) / (2 * SUM);
    }
}
