package io.residual.onednn.kernels;

import static io.residual.onednn.kernels.WinogradArithmetic.POINTS;
import static io.residual.onednn.kernels.WinogradArithmetic.TILE;

import java.nio.FloatBuffer;

/**
 * Transforms images into the left factors of Winograd's products, [36 points, tiles, channels]. Tiles lie in an order of their own,
 * which {@link WinogradOutput} has, too.
 */
final class WinogradInput {
    private final TiledImages shape;
    /** The six rows that a row of tiles sees, each at its number modulo 6. */
    private final float[][][] rows = new float[POINTS][][];

    private final float[] zeros;
    /** For each column of a tile, its six points on the vertical axis. */
    private final float[][][] points = new float[TILE][][];

    private final float[][] results;
    private final float[] before;
    private final float[] after;
    private final float[][] six = new float[POINTS][];

    WinogradInput(TiledImages shape) {
        this.shape = shape;
        for (int i = 0; i < rows.length; i++) {
            rows[i] = shape.arrays(TILE);
        }
        for (int i = 0; i < points.length; i++) {
            points[i] = shape.arrays(POINTS);
        }
        results = shape.arrays(POINTS);
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
                int next = row == 0 ? 0 : row * TILE + 1;
                for (int y = next; y <= row * TILE + TILE && y < shape.height(); y++) {
                    shape.read(from, start + done * shape.size(), images, y, rows[y % POINTS]);
                }
                vertical(row, length);
                horizontal(images, to, at, matrix);
                at += length;
            }
        }
    }

    private void vertical(int row, int length) {
        for (int column = 0; column < TILE; column++) {
            for (int k = 0; k < POINTS; k++) {
                int y = row * TILE - 1 + k;
                six[k] = y < 0 || y >= shape.height() ? zeros : rows[y % POINTS][column];
            }
            WinogradArithmetic.input(six, points[column], length);
        }
    }

    private void horizontal(int images, FloatBuffer to, int at, int matrix) {
        int length = images * shape.rowLength();
        for (int point = 0; point < POINTS; point++) {
            shape.before(points[TILE - 1][point], before, images);
            shape.after(points[0][point], after, images);
            six[0] = before;
            for (int column = 0; column < TILE; column++) {
                six[1 + column] = points[column][point];
            }
            six[POINTS - 1] = after;
            WinogradArithmetic.input(six, results, length);
            for (int k = 0; k < POINTS; k++) {
                to.put((point * POINTS + k) * matrix + at, results[k], 0, length);
            }
        }
    }
}
