package io.residual.onednn.kernels;

import static io.residual.onednn.kernels.WinogradArithmetic.POINTS;
import static io.residual.onednn.kernels.WinogradArithmetic.TILE;

import java.nio.FloatBuffer;

/**
 * Transforms the gradient of a convolution's output into the right factors of Winograd's products for the gradient of its weights,
 * [36 points, tiles, channels], with tiles in the order of {@link WinogradInput}.
 */
final class WinogradDelta {
    private final TiledImages shape;
    private final float[][][] rows = new float[TILE][][];
    private final float[] zeros;
    /** For each column of a tile, its six points on the vertical axis. */
    private final float[][][] points = new float[TILE][][];

    private final float[][] results;
    private final float[][] four = new float[TILE][];
    /** For each place of a row, what all rows add up to. */
    private final float[] sums;

    WinogradDelta(TiledImages shape) {
        this.shape = shape;
        for (int i = 0; i < TILE; i++) {
            rows[i] = shape.arrays(TILE);
            points[i] = shape.arrays(POINTS);
        }
        results = shape.arrays(POINTS);
        zeros = shape.array();
        sums = shape.array();
    }

    /**
     * Transforms gradients of images.
     *
     * @param start of the first image, in numbers
     * @param count of images
     */
    void run(FloatBuffer from, int start, int count, FloatBuffer to) {
        int matrix = count * shape.tiles() * shape.channels();
        int at = 0;
        for (int done = 0; done < count; done += shape.group()) {
            int images = Math.min(shape.group(), count - done);
            int length = images * shape.rowLength();
            for (int row = 0; row < shape.tileRows(); row++) {
                for (int y = row * TILE; y < Math.min(shape.height(), row * TILE + TILE); y++) {
                    float[][] columns = rows[y % TILE];
                    shape.read(from, start + done * shape.size(), images, y, columns);
                    for (float[] column : columns) {
                        ChannelTiles.add(column, sums, length);
                    }
                }
                vertical(row, length);
                horizontal(to, at, matrix, length);
                at += length;
            }
        }
    }

    private void vertical(int row, int length) {
        for (int column = 0; column < TILE; column++) {
            for (int k = 0; k < TILE; k++) {
                four[k] = row * TILE + k < shape.height() ? rows[k][column] : zeros;
            }
            WinogradArithmetic.gradient(four, points[column], length);
        }
    }

    private void horizontal(FloatBuffer to, int at, int matrix, int length) {
        for (int point = 0; point < POINTS; point++) {
            for (int column = 0; column < TILE; column++) {
                four[column] = points[column][point];
            }
            WinogradArithmetic.gradient(four, results, length);
            for (int k = 0; k < POINTS; k++) {
                to.put((point * POINTS + k) * matrix + at, results[k], 0, length);
            }
        }
    }

    /** The sums of the channels since this was called before. */
    float[] takeSums() {
        double[] totals = new double[shape.channels()];
        for (int i = 0; i < sums.length; i++) {
            totals[i % totals.length] += sums[i];
            sums[i] = 0;
        }
        float[] result = new float[totals.length];
        for (int i = 0; i < result.length; i++) {
            result[i] = (float) totals[i];
        }
        return result;
    }
}
