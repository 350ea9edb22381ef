package io.residual.core;

/**
 * A square window that slides over both image axes, of a convolution or a pooling.
 *
 * @param kernel side in pixels, at least 1
 * @param stride step in pixels, at least 1
 * @param padding pixels added on every side, at least 0 and less than the kernel
 */
public record Window(int kernel, int stride, int padding) {
    public Window {
        if (!(kernel >= 1 && stride >= 1)) {
            throw new IllegalArgumentException(
                    "kernel and stride must be at least 1, got kernel " + kernel + ", stride " + stride);
        }
        if (!(padding >= 0 && padding < kernel)) {
            throw new IllegalArgumentException(
                    "padding must be in [0, kernel), got padding " + padding + " for kernel " + kernel);
        }
    }

    /**
     * Output shape of this window over an image, as PyTorch computes it: floor((size + 2 padding - kernel) / stride) + 1.
     *
     * @param channels of the output
     * @throws IllegalArgumentException if the padded image is smaller than the kernel
     */
    public ImageShape outputShape(ImageShape in, int channels) {
        return new ImageShape(channels, along(in.height(), in), along(in.width(), in));
    }

    private int along(int size, ImageShape in) {
        int room = size + 2 * padding - kernel;
        if (room < 0) {
            throw new IllegalArgumentException("a window of " + kernel + " pixels with padding " + padding
                    + " does not fit into an image of shape " + in + ": use larger images");
        }
        return room / stride + 1;
    }
}
