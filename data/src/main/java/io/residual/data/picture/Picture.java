package io.residual.data.picture;

/** A decoded picture of 8 bits, immutable: sRGB values, [channels, height, width], 1 channel for grey, 3 for red, green, blue. */
public final class Picture {
    private final int channels;
    private final int height;
    private final int width;
    private final byte[] values;

    private Picture(int channels, int height, int width, byte[] values) {
        this.channels = channels;
        this.height = height;
        this.width = width;
        this.values = values;
    }

    /**
     * A picture of given values.
     *
     * @param channels 1 or 3
     * @param values unsigned bytes, [channels, height, width]; copied
     * @throws IllegalArgumentException if the shape is not one of a picture, or does not fit the values
     */
    public static Picture of(int channels, int height, int width, byte[] values) {
        if (!((channels == 1 || channels == 3) && height >= 1 && width >= 1)) {
            throw new IllegalArgumentException(
                    "not the shape of a picture: [" + channels + ", " + height + ", " + width + "]");
        }
        if ((long) channels * height * width != values.length) {
            throw new IllegalArgumentException(
                    values.length + " values do not fit [" + channels + ", " + height + ", " + width + "]");
        }
        return new Picture(channels, height, width, values.clone());
    }

    public int channels() {
        return channels;
    }

    /** In pixels. */
    public int height() {
        return height;
    }

    /** In pixels. */
    public int width() {
        return width;
    }

    /** Value of one channel at one pixel, in [0, 255]. */
    public int value(int channel, int y, int x) {
        return values[(channel * height + y) * width + x] & 0xff;
    }

    /** This picture in another number of channels: colour becomes grey as {@link Luma} says, grey becomes three equal channels. */
    public Picture withChannels(int wanted) {
        if (wanted == channels) {
            return this;
        }
        int pixels = height * width;
        byte[] converted = new byte[wanted * pixels];
        if (wanted == 1) {
            for (int p = 0; p < pixels; p++) {
                converted[p] =
                        (byte) Luma.of(values[p] & 0xff, values[pixels + p] & 0xff, values[2 * pixels + p] & 0xff);
            }
        } else {
            for (int c = 0; c < wanted; c++) {
                System.arraycopy(values, 0, converted, c * pixels, pixels);
            }
        }
        return of(wanted, height, width, converted);
    }

    /** The negative: 255 minus each value. */
    public Picture inverted() {
        byte[] negative = new byte[values.length];
        for (int i = 0; i < values.length; i++) {
            negative[i] = (byte) (255 - (values[i] & 0xff));
        }
        return of(channels, height, width, negative);
    }

    /** The values of one channel, [height, width]; a copy. */
    public byte[] channel(int channel) {
        byte[] plane = new byte[height * width];
        System.arraycopy(values, channel * plane.length, plane, 0, plane.length);
        return plane;
    }
}
