package io.residual.onednn.kernels;

import java.nio.FloatBuffer;

/**
 * Transforms the gradient of a convolution's output into the right factors of Winograd's products for the gradient of its weights,
 * [products, tiles, channels], with tiles in the order of {@link WinogradInput}.
 */
final class WinogradDelta {
    private final TiledImages shape;
    private final int tile;
    private final int pointCount;
    private final float[][][] rows;
    private final float[] zeros;
    /** For each column of a tile, its points on the vertical axis. */
    private final float[][][] points;

    private final float[][] results;
    private final float[][] operands;
    /** For each place of a row, what all rows add up to. */
    private final float[] sums;

    WinogradDelta(TiledImages shape) {
        this.shape = shape;
        tile = shape.transform().tile();
        pointCount = shape.transform().points();
        rows = new float[tile][][];
        points = new float[tile][][];
        operands = new float[tile][];
        for (int i = 0; i < tile; i++) {
            rows[i] = shape.arrays(tile);
            points[i] = shape.arrays(pointCount);
        }
        results = shape.arrays(pointCount);
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
                for (int y = row * tile; y < Math.min(shape.height(), row * tile + tile); y++) {
                    float[][] columns = rows[y % tile];
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
        for (int column = 0; column < tile; column++) {
            for (int k = 0; k < tile; k++) {
                operands[k] = row * tile + k < shape.height() ? rows[k][column] : zeros;
            }
            shape.transform().gradient(operands, points[column], length);
        }
    }

    private void horizontal(FloatBuffer to, int at, int matrix, int length) {
        for (int point = 0; point < pointCount; point++) {
            for (int column = 0; column < tile; column++) {
                operands[column] = points[column][point];
            }
            shape.transform().gradient(operands, results, length);
            for (int k = 0; k < pointCount; k++) {
                to.put((point * pointCount + k) * matrix + at, results[k], 0, length);
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
