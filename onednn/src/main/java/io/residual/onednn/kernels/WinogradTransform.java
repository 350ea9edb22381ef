package io.residual.onednn.kernels;

/**
 * Winograd's F(m, 3) on one axis, for many places at once: m outputs of a convolution by 3 taps are products at m + 2 points. Arrays
 * hold a number for each place. (Lavin and Gray, Fast Algorithms for Convolutional Neural Networks, 2015.)
 *
 * <p>The compiler makes vectors of loops over seven arrays at most, and of none that adds two products: those are subtracted.
 */
sealed interface WinogradTransform permits WinogradFour, WinogradThree {
    int TAPS = 3;

    /** The one with the fewest products for images of that size. */
    static WinogradTransform of(long height, long width) {
        WinogradTransform four = new WinogradFour();
        WinogradTransform three = new WinogradThree();
        return three.products(height, width) < four.products(height, width) ? three : four;
    }

    private long products(long height, long width) {
        return tiles(height) * tiles(width) * points() * points();
    }

    /** How many tiles cover that many pixels. */
    default long tiles(long pixels) {
        return (pixels + tile() - 1) / tile();
    }

    /** Outputs of a tile, on each axis. */
    int tile();

    /** Products of a tile, on each axis. */
    default int points() {
        return tile() + TAPS - 1;
    }

    /** Neighbours at the points: as many of both. */
    void input(float[][] from, float[][] to, int count);

    /** Products at the points to the outputs of a tile. */
    void output(float[][] from, float[][] to, int count);

    /** As {@link #output}, plus a bias for each place. */
    void output(float[][] from, float[] bias, float[][] to, int count);

    /** Three taps at the points. */
    void weights(float[][] from, float[][] to, int count);

    /** Gradients of a tile's outputs at the points: the transpose of {@link #output}. */
    void gradient(float[][] from, float[][] to, int count);

    /** Gradients at the points to those of three taps: the transpose of {@link #weights}. */
    void weightGradient(float[][] from, float[][] to, int count);
}
