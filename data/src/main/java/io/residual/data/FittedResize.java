package io.residual.data;

import io.residual.data.BilinearResize.Part;
import io.residual.data.BilinearResize.Rows;

/** Brings images of one size to another. Not safe for use by several threads. */
final class FittedResize {
    private final int sourceWidth;
    private final BilinearResize resize;

    FittedResize(int sourceHeight, int sourceWidth, ImageSize size, ResizeMode fit) {
        this.sourceWidth = sourceWidth;
        this.resize = new BilinearResize(
                sourceHeight,
                sourceWidth,
                middle(fit.scaledHeight(sourceHeight, sourceWidth, size), size.height()),
                middle(fit.scaledWidth(sourceHeight, sourceWidth, size), size.width()));
    }

    /** Half a pixel goes to the even neighbour, as Python rounds. */
    private static Part middle(long scaled, int count) {
        return new Part(scaled, (long) Math.rint((scaled - count) / 2.0), count);
    }

    /**
     * Brings one channel to the size.
     *
     * @param source unsigned bytes, [sourceHeight, sourceWidth], from {@code sourceOffset} on
     * @param target unsigned bytes, [height, width], from {@code targetOffset} on
     */
    void plane(byte[] source, int sourceOffset, byte[] target, int targetOffset) {
        plane(
                (y, row) -> System.arraycopy(source, sourceOffset + y * sourceWidth, row, 0, sourceWidth),
                target,
                targetOffset);
    }

    /** Of the rows of the size: those of the source. */
    Taps rows() {
        return resize.down();
    }

    /** Of the columns of the size: those of the source. */
    Taps columns() {
        return resize.across();
    }

    /** Brings the rows of one channel to the size. */
    void plane(Rows source, byte[] target, int targetOffset) {
        resize.resize(source, target, targetOffset);
    }
}
