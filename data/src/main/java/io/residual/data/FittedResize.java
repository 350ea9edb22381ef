package io.residual.data;

/** Brings images of one size to another. Not safe for use by several threads. */
final class FittedResize {
    private final BilinearResize resize;
    private final ImageSize scaled;
    private final ImageSize size;
    private final byte[] uncropped;

    FittedResize(int sourceHeight, int sourceWidth, ImageSize size, ResizeMode fit) {
        this.size = size;
        this.scaled = fit.scaled(sourceHeight, sourceWidth, size);
        this.resize = new BilinearResize(sourceHeight, sourceWidth, scaled.height(), scaled.width());
        this.uncropped = new byte[scaled.equals(size) ? 0 : scaled.height() * scaled.width()];
    }

    /**
     * Brings one channel to the size.
     *
     * @param source unsigned bytes, [sourceHeight, sourceWidth], from {@code sourceOffset} on
     * @param target unsigned bytes, [height, width], from {@code targetOffset} on
     */
    void plane(byte[] source, int sourceOffset, byte[] target, int targetOffset) {
        if (scaled.equals(size)) {
            resize.resize(source, sourceOffset, target, targetOffset);
            return;
        }
        resize.resize(source, sourceOffset, uncropped, 0);
        // Half a pixel goes to the even neighbour, as Python rounds.
        int top = (int) Math.rint((scaled.height() - size.height()) / 2.0);
        int left = (int) Math.rint((scaled.width() - size.width()) / 2.0);
        for (int y = 0; y < size.height(); y++) {
            System.arraycopy(
                    uncropped,
                    (top + y) * scaled.width() + left,
                    target,
                    targetOffset + y * size.width(),
                    size.width());
        }
    }
}
