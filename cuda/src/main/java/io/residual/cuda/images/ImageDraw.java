package io.residual.cuda.images;

/**
 * One image of an epoch. Its pixel at row y and column x is that of row {@code y + down} and column {@code x + right}, or
 * column {@code width - 1 - x + right} if flipped, of the resized image with a border; but the box is erased.
 *
 * @param index of the image in its set
 * @param fill state of the SplitMix64 generator that a random fill is drawn from
 */
public record ImageDraw(int index, int down, int right, boolean flipped, Box box, long fill) {
    /** Pixels of an image of a batch. */
    public record Box(int top, int left, int height, int width) {
        public static final Box NONE = new Box(0, 0, 0, 0);
    }

    /** The image as it is. */
    public static ImageDraw unchanged(int index) {
        return new ImageDraw(index, 0, 0, false, Box.NONE, 0);
    }
}
