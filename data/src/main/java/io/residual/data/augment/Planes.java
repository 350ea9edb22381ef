package io.residual.data.augment;

/**
 * An image on which augmentations work: unsigned bytes, [channels, height, width]. It is used for one image after the other,
 * so that none costs an allocation. Not safe for use by several threads.
 */
public final class Planes {
    private final int channels;
    private final int height;
    private final int width;
    private byte[] values;
    private byte[] spare;

    public Planes(int channels, int height, int width) {
        this.channels = channels;
        this.height = height;
        this.width = width;
        this.values = new byte[Math.multiplyExact(channels, Math.multiplyExact(height, width))];
        this.spare = new byte[values.length];
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

    /** Pixels of one channel. */
    int pixels() {
        return height * width;
    }

    /** The image itself, to be read and written until the next {@link #swap}. */
    public byte[] values() {
        return values;
    }

    /** Room of the same size for the next state of the image; what it holds is of no meaning. */
    byte[] spare() {
        return spare;
    }

    /** What was written to {@link #spare} is the image from now on. */
    void swap() {
        byte[] before = values;
        values = spare;
        spare = before;
    }
}
