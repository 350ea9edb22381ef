package io.residual.program;

/** What slides over an image. */
public record Window(Axis rows, Axis columns) {
    /**
     * One axis, in pixels.
     *
     * @param size number of taps, at least 1
     * @param before padding before the image, at least 0
     * @param after padding behind it, as far as the last position reaches
     */
    public record Axis(int size, int stride, int dilation, int before, int after) {
        static Axis of(int size, int stride, int dilation, int before, int pixels, int positions) {
            int reach = (positions - 1) * stride + (size - 1) * dilation + 1;
            return new Axis(size, stride, dilation, before, Math.max(0, reach - pixels - before));
        }
    }

    /** All of an image at once. */
    static Window over(Program.Value image) {
        return new Window(new Axis(image.height(), 1, 1, 0, 0), new Axis(image.width(), 1, 1, 0, 0));
    }
}
