package io.residual.data;

import io.residual.data.picture.Picture;

/**
 * How an image is prepared for a network: the same in training, evaluation and prediction. Images are brought to
 * the size with Pillow's and torchvision's bilinear filter, to the bit.
 *
 * @param size that the network takes
 * @param fit how images of another shape come to the size
 * @param normalisation of the pixels
 */
public record InputForm(ImageSize size, ResizeMode fit, Normalisation normalisation) {
    /** Stretched to the size, pixels in [0, 1]. */
    public static InputForm of(ImageSize size) {
        return new InputForm(size, ResizeMode.STRETCH, Normalisation.NONE);
    }

    /**
     * A picture at the size, as bytes.
     *
     * @param channels 1 or 3
     * @return unsigned, [channels, height, width]
     */
    public byte[] bytes(Picture picture, int channels) {
        int pixels = size.height() * size.width();
        byte[] bytes = new byte[channels * pixels];
        if (picture.height() == size.height() && picture.width() == size.width()) {
            // Both modes leave it as it is.
            byte[] row = new byte[size.width()];
            for (int y = 0; y < channels * size.height(); y++) {
                picture.copyRow(channels, y / size.height(), y % size.height(), row);
                System.arraycopy(row, 0, bytes, y * row.length, row.length);
            }
            return bytes;
        }
        FittedResize resize = new FittedResize(picture.height(), picture.width(), size, fit);
        for (int c = 0; c < channels; c++) {
            int channel = c;
            resize.plane((y, row) -> picture.copyRow(channels, channel, y, row), bytes, c * pixels);
        }
        return bytes;
    }

    /**
     * How rows are resized, for those who do it themselves: first {@link #columns}, then these, each rounded to 8 bits.
     *
     * @param height of the image in pixels
     * @param width of the image in pixels
     */
    public Taps rows(int height, int width) {
        return new FittedResize(height, width, size, fit).rows();
    }

    /** How columns are resized, see {@link #rows}. */
    public Taps columns(int height, int width) {
        return new FittedResize(height, width, size, fit).columns();
    }

    /**
     * A picture as a network takes it.
     *
     * @param channels of the network's input, 1 or 3
     * @return [channels, height, width]
     */
    public float[] values(Picture picture, int channels) {
        byte[] bytes = bytes(picture, channels);
        float[] values = new float[bytes.length];
        float[][] levels = normalisation.levels(channels);
        int pixels = bytes.length / channels;
        for (int c = 0; c < channels; c++) {
            for (int p = c * pixels; p < (c + 1) * pixels; p++) {
                values[p] = levels[c][bytes[p] & 0xff];
            }
        }
        return values;
    }
}
