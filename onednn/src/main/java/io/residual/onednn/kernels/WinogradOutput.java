package io.residual.onednn.kernels;

import java.nio.FloatBuffer;
import java.util.Arrays;

/** Transforms Winograd's products, [products, tiles, channels] with tiles in the order of {@link WinogradInput}, into images. */
final class WinogradOutput {
    /** As that of {@link Attributes#append}: NaN passes, and only minus infinity stays what it is. */
    private static final float SLOPE = 1e-20f;

    private final TiledImages shape;
    private final int tile;
    private final int pointCount;
    private final Addend addend;
    private final Epilogue epilogue;
    private final float[] bias;
    private final float[][] products;
    /** For each row of a tile, the points on the horizontal axis. */
    private final float[][][] points;

    private final float[][] columns;
    private final float[][] operands;

    /** Whether the result is added to the numbers that are in its place. */
    enum Addend {
        ABSENT,
        IN_PLACE
    }

    WinogradOutput(TiledImages shape, Addend addend, Epilogue epilogue) {
        this.shape = shape;
        tile = shape.transform().tile();
        pointCount = shape.transform().points();
        points = new float[tile][][];
        operands = new float[tile][];
        this.addend = addend;
        this.epilogue = epilogue;
        bias = shape.array();
        products = shape.arrays(pointCount);
        for (int i = 0; i < points.length; i++) {
            points[i] = shape.arrays(pointCount);
        }
        columns = shape.arrays(tile);
    }

    /** @param perChannel what is added to the output channels; none for 0 */
    void setBias(float[] perChannel) {
        if (perChannel.length == 0) {
            Arrays.fill(bias, 0);
        } else {
            ChannelTiles.repeat(perChannel, bias);
        }
    }

    /**
     * Transforms products.
     *
     * @param start of the first image, in numbers
     * @param count of images
     */
    void run(FloatBuffer from, FloatBuffer to, int start, int count) {
        int matrix = count * shape.tiles() * shape.channels();
        int at = 0;
        for (int done = 0; done < count; done += shape.group()) {
            int images = Math.min(shape.group(), count - done);
            int length = images * shape.rowLength();
            for (int row = 0; row < shape.tileRows(); row++) {
                vertical(from, at, matrix, length);
                for (int y = row * tile; y < Math.min(shape.height(), row * tile + tile); y++) {
                    shape.transform().output(points[y % tile], bias, columns, length);
                    finish(to, start + done * shape.size(), images, y);
                }
                at += length;
            }
        }
    }

    private void vertical(FloatBuffer from, int at, int matrix, int length) {
        for (int point = 0; point < pointCount; point++) {
            for (int k = 0; k < pointCount; k++) {
                from.get((k * pointCount + point) * matrix + at, products[k], 0, length);
            }
            for (int k = 0; k < tile; k++) {
                operands[k] = points[k][point];
            }
            shape.transform().output(products, operands, length);
        }
    }

    private void finish(FloatBuffer to, int start, int images, int row) {
        int length = images * shape.rowLength();
        if (addend == Addend.IN_PLACE) {
            shape.read(to, start, images, row, products);
            for (int i = 0; i < tile; i++) {
                ChannelTiles.add(products[i], columns[i], length);
            }
        }
        if (epilogue == Epilogue.RELU) {
            for (float[] column : columns) {
                relu(column, length);
            }
        }
        shape.write(columns, to, start, images, row);
    }

    private static void relu(float[] numbers, int count) {
        for (int i = 0; i < count; i++) {
            numbers[i] = Math.max(SLOPE * numbers[i], numbers[i]);
        }
    }
}
