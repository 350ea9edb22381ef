package io.residual.onednn.kernels;

import java.nio.FloatBuffer;
import java.util.Arrays;

/**
 * Images [height, width, channels] in tiles of a transform. A row of some of them is held by four arrays, one for each column of a
 * tile, [images, tiles, channels]: loops over them are long however few channels there are.
 *
 * @param group how many images are transformed side by side
 */
record TiledImages(WinogradTransform transform, int height, int width, int channels, int group) {
    /** How many numbers each loop has, about: the arrays of a transform stay in a first-level cache. */
    private static final int LOOP = 512;

    /**
     * Of a convolution.
     *
     * @param channels the most of its input and output, whose tiles must be in the same order
     */
    static TiledImages of(Nhwc.Dims dims, long channels) {
        WinogradTransform transform = WinogradTransform.of(dims.h(), dims.w());
        int columns = Math.toIntExact(transform.tiles(dims.w()) * channels);
        return new TiledImages(
                transform,
                Math.toIntExact(dims.h()),
                Math.toIntExact(dims.w()),
                Math.toIntExact(dims.c()),
                Math.max(1, LOOP / columns));
    }

    int tileRows() {
        return (int) transform.tiles(height);
    }

    private int tileColumns() {
        return (int) transform.tiles(width);
    }

    int tiles() {
        return tileRows() * tileColumns();
    }

    /** Numbers of an image. */
    int size() {
        return height * width * channels;
    }

    /** Numbers of an image's row in one of its arrays. */
    int rowLength() {
        return tileColumns() * channels;
    }

    /** An array for a row of a group. */
    float[] array() {
        return new float[group() * rowLength()];
    }

    float[][] arrays(int count) {
        float[][] arrays = new float[count][];
        Arrays.setAll(arrays, i -> array());
        return arrays;
    }

    /**
     * Reads a row of some images. What tiles have beyond the right edge is 0.
     *
     * @param start of the first image
     */
    void read(FloatBuffer from, int start, int images, int row, float[][] columns) {
        int tile = transform.tile();
        for (int image = 0; image < images; image++) {
            int at = start + image * size() + row * width * channels;
            int to = image * rowLength();
            for (int x = 0; x < width; x++) {
                from.get(at + x * channels, columns[x % tile], to + x / tile * channels, channels);
            }
            for (int x = width; x < tile * tileColumns(); x++) {
                int padding = to + x / tile * channels;
                Arrays.fill(columns[x % tile], padding, padding + channels, 0);
            }
        }
    }

    /** Writes a row of some images, but for what is beyond the right edge. */
    void write(float[][] columns, FloatBuffer to, int start, int images, int row) {
        int tile = transform.tile();
        for (int image = 0; image < images; image++) {
            int at = start + image * size() + row * width * channels;
            int from = image * rowLength();
            for (int x = 0; x < width; x++) {
                to.put(at + x * channels, columns[x % tile], from + x / tile * channels, channels);
            }
        }
    }

    /** The column before each tile, from the tiles' last ones: 0 in front of the image. */
    void before(float[] last, float[] to, int images) {
        int length = images * rowLength();
        System.arraycopy(last, 0, to, channels, length - channels);
        for (int at = 0; at < length; at += rowLength()) {
            Arrays.fill(to, at, at + channels, 0);
        }
    }

    /** The column behind each tile, from the tiles' first ones: 0 behind the image. */
    void after(float[] first, float[] to, int images) {
        int length = images * rowLength();
        System.arraycopy(first, channels, to, 0, length - channels);
        for (int at = rowLength(); at <= length; at += rowLength()) {
            Arrays.fill(to, at - channels, at, 0);
        }
    }
}
