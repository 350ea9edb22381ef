package io.residual.data.picture;

import java.util.Arrays;

/** A decoded picture of 8 bits, immutable: sRGB values, [channels, height, width], 1 channel for grey, 3 for red, green, blue. */
public final class Picture {
    private final int height;
    private final int width;
    /** Of each channel, [height, width]. */
    private final byte[][] planes;

    private Picture(int height, int width, byte[][] planes) {
        this.height = height;
        this.width = width;
        this.planes = planes;
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
        byte[][] planes = new byte[channels][];
        int pixels = height * width;
        for (int c = 0; c < channels; c++) {
            planes[c] = Arrays.copyOfRange(values, c * pixels, (c + 1) * pixels);
        }
        return new Picture(height, width, planes);
    }

    /** A picture of planes that nobody else writes. */
    static Picture ofPlanes(int height, int width, byte[]... planes) {
        return new Picture(height, width, planes);
    }

    public int channels() {
        return planes.length;
    }

    /** In pixels. */
    public int height() {
        return height;
    }

    /** In pixels. */
    public int width() {
        return width;
    }

    /** One value, 0 to 255. */
    public int value(int channel, int y, int x) {
        return planes[channel][y * width + x] & 0xff;
    }

    /**
     * Copies a row of this picture in another number of channels: colour becomes grey as {@link Luma} says, grey becomes three
     * equal channels.
     *
     * @param wanted channels, 1 or 3
     * @param channel of those
     * @param row takes the values, unsigned bytes, [width]
     */
    public void copyRow(int wanted, int channel, int y, byte[] row) {
        int from = y * width;
        if (wanted == 1 && planes.length == 3) {
            for (int x = 0; x < width; x++) {
                row[x] = (byte)
                        Luma.of(planes[0][from + x] & 0xff, planes[1][from + x] & 0xff, planes[2][from + x] & 0xff);
            }
        } else {
            System.arraycopy(planes[planes.length == 1 ? 0 : channel], from, row, 0, width);
        }
    }

    /** This picture in another number of channels, see {@link #copyRow}. */
    public Picture withChannels(int wanted) {
        if (wanted == channels()) {
            return this;
        }
        if (planes.length == 1) {
            return new Picture(height, width, new byte[][] {planes[0], planes[0], planes[0]});
        }
        byte[] grey = new byte[height * width];
        for (int p = 0; p < grey.length; p++) {
            grey[p] = (byte) Luma.of(planes[0][p] & 0xff, planes[1][p] & 0xff, planes[2][p] & 0xff);
        }
        return new Picture(height, width, new byte[][] {grey});
    }

    /** The negative: 255 minus each value. */
    public Picture inverted() {
        byte[][] negative = new byte[planes.length][height * width];
        for (int c = 0; c < planes.length; c++) {
            for (int i = 0; i < negative[c].length; i++) {
                negative[c][i] = (byte) (255 - (planes[c][i] & 0xff));
            }
        }
        return new Picture(height, width, negative);
    }

    /** The values of one channel, [height, width]; a copy. */
    public byte[] channel(int channel) {
        return planes[channel].clone();
    }
}
