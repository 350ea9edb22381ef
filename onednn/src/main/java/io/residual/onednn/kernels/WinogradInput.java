package io.residual.onednn.kernels;

import java.nio.FloatBuffer;

/**
 * Transforms images into the left factors of Winograd's products, [products, tiles, channels]. Tiles lie in an order of their own,
 * which {@link WinogradOutput} has, too.
 */
final class WinogradInput {
    private final TiledImages shape;
    private final int tile;
    private final int pointCount;
    /** The rows that a row of tiles sees, each at its number modulo how many there are. */
    private final float[][][] rows;

    private final float[] zeros;
    /** For each column of a tile, its points on the vertical axis. */
    private final float[][][] points;

    private final float[][] results;
    private final float[] before;
    private final float[] after;
    private final float[][] operands;

    WinogradInput(TiledImages shape) {
        this.shape = shape;
        tile = shape.transform().tile();
        pointCount = shape.transform().points();
        rows = new float[pointCount][][];
        points = new float[tile][][];
        operands = new float[pointCount][];
        for (int i = 0; i < rows.length; i++) {
            rows[i] = shape.arrays(tile);
        }
        for (int i = 0; i < points.length; i++) {
            points[i] = shape.arrays(pointCount);
        }
        results = shape.arrays(pointCount);
        zeros = shape.array();
        before = shape.array();
        after = shape.array();
    }

    /**
     * Transforms images.
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
                int next = row == 0 ? 0 : row * tile + 1;
                for (int y = next; y <= row * tile + tile && y < shape.height(); y++) {
                    shape.read(from, start + done * shape.size(), images, y, rows[y % pointCount]);
                }
                vertical(row, length);
                horizontal(images, to, at, matrix);
                at += length;
            }
        }
    }

    private void vertical(int row, int length) {
        for (int column = 0; column < tile; column++) {
            for (int k = 0; k < pointCount; k++) {
                int y = row * tile - 1 + k;
                operands[k] = y < 0 || y >= shape.height() ? zeros : rows[y % pointCount][column];
            }
            shape.transform().input(operands, points[column], length);
        }
    }

    private void horizontal(int images, FloatBuffer to, int at, int matrix) {
        int length = images * shape.rowLength();
        for (int point = 0; point < pointCount; point++) {
            shape.before(points[tile - 1][point], before, images);
            shape.after(points[0][point], after, images);
            operands[0] = before;
            for (int column = 0; column < tile; column++) {
                operands[1 + column] = points[column][point];
            }
            operands[pointCount - 1] = after;
            shape.transform().input(operands, results, length);
            for (int k = 0; k < pointCount; k++) {
                to.put((point * pointCount + k) * matrix + at, results[k], 0, length);
            }
        }
    }
}
