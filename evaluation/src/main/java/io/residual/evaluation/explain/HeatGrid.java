package io.residual.evaluation.explain;

import java.util.List;

/**
 * How much each cell of a grid over an image supports a class. Row 0 is at the top, column 0 at the left; each cell covers
 * an equal part of the image. Immutable.
 */
public final class HeatGrid {
    private final int rows;
    private final int columns;
    private final float[] values;

    /**
     * Takes the values of a grid.
     *
     * @param values row by row, {@code rows * columns}, each finite and at least 0; copied
     */
    public HeatGrid(int rows, int columns, float[] values) {
        if (rows < 1 || columns < 1 || values.length != rows * columns) {
            throw new IllegalArgumentException(
                    values.length + " values are not a grid of " + rows + " rows and " + columns + " columns");
        }
        for (float value : values) {
            if (!(value >= 0 && Float.isFinite(value))) {
                throw new IllegalArgumentException("a heat must be finite and at least 0, found " + value);
            }
        }
        this.rows = rows;
        this.columns = columns;
        this.values = values.clone();
    }

    /**
     * The mean of grids of the same size.
     *
     * @param grids at least one
     */
    static HeatGrid mean(List<HeatGrid> grids) {
        HeatGrid first = grids.get(0);
        float[] sum = new float[first.values.length];
        for (HeatGrid grid : grids) {
            for (int i = 0; i < sum.length; i++) {
                sum[i] += grid.values[i] / grids.size();
            }
        }
        return new HeatGrid(first.rows, first.columns, sum);
    }

    public int rows() {
        return rows;
    }

    public int columns() {
        return columns;
    }

    /** The heat of a cell, at least 0. */
    public float at(int row, int column) {
        if (row < 0 || row >= rows || column < 0 || column >= columns) {
            throw new IndexOutOfBoundsException("row " + row + ", column " + column + " of " + rows + " x " + columns);
        }
        return values[row * columns + column];
    }

    /** The maximum heat, 0 if nothing supports the class. */
    public float max() {
        float max = 0;
        for (float value : values) {
            max = Math.max(max, value);
        }
        return max;
    }

    /**
     * The heat relative to the maximum, between the centres of the cells by bilinear interpolation, beyond the outer
     * centres as at them; 0 everywhere if nothing supports the class.
     *
     * @param y from 0, the upper edge of the image, to 1
     * @param x from 0, the left edge of the image, to 1
     * @return in [0, 1]
     */
    public float relativeHeat(double y, double x) {
        float max = max();
        if (max == 0) {
            return 0;
        }
        double row = Math.max(0, Math.min(rows - 1.0, y * rows - 0.5));
        double column = Math.max(0, Math.min(columns - 1.0, x * columns - 0.5));
        int top = (int) row;
        int left = (int) column;
        int bottom = Math.min(top + 1, rows - 1);
        int right = Math.min(left + 1, columns - 1);
        double down = row - top;
        double across = column - left;
        double upper = at(top, left) * (1 - across) + at(top, right) * across;
        double lower = at(bottom, left) * (1 - across) + at(bottom, right) * across;
        return (float) ((upper * (1 - down) + lower * down) / max);
    }
}
