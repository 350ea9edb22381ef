package io.residual.onednn.step;

import io.residual.onednn.kernels.ChannelTiles;
import io.residual.onednn.kernels.Moments;
import java.util.Arrays;

/** Sums over the tiles of a part, for each channel. */
final class TileSums {
    /** Additions to a lane in single precision. */
    private static final int MAX_ADDITIONS = 16;

    private TileSums() {}

    /** Deviations from the mean of the first tile are added in single precision, few to a lane, then in double. */
    static final class Statistics implements TileJob {
        private final Normalization normalization;
        private final float[] values;
        private final int channels;
        private final int count;
        private final float[] pivots;
        private final float[] sums;
        private final float[] squares;
        private final float[] half;
        private final float[] pivot;
        private final double[] total;
        private final double[] totalSquares;
        private int part;
        private int additions;
        private boolean first;

        Statistics(Normalization normalization, int channels, int count, float[] values) {
            this.normalization = normalization;
            this.values = values;
            this.channels = channels;
            this.count = count;
            this.pivots = new float[values.length];
            this.sums = new float[values.length];
            this.squares = new float[values.length];
            this.half = new float[values.length];
            this.pivot = new float[channels];
            this.total = new double[channels];
            this.totalSquares = new double[channels];
        }

        @Override
        public void begin(int from, int number) {
            part = number;
            first = true;
            additions = 0;
            Arrays.fill(sums, 0);
            Arrays.fill(squares, 0);
            Arrays.fill(total, 0);
            Arrays.fill(totalSquares, 0);
        }

        @Override
        public void run(int at, int filled) {
            if (first) {
                setPivots(filled);
                first = false;
            }
            ChannelTiles.addDeviations(values, pivots, sums, squares, filled);
            if (++additions == MAX_ADDITIONS) {
                fold();
            }
        }

        private void setPivots(int filled) {
            Arrays.fill(total, 0);
            for (int at = 0; at < filled; at += channels) {
                for (int c = 0; c < channels; c++) {
                    total[c] += values[at + c];
                }
            }
            for (int c = 0; c < channels; c++) {
                pivot[c] = (float) (total[c] * channels / filled);
                total[c] = 0;
            }
            ChannelTiles.repeat(pivot, pivots);
        }

        private void fold() {
            ChannelTiles.fold(sums, half, total);
            ChannelTiles.fold(squares, half, totalSquares);
            Arrays.fill(sums, 0);
            Arrays.fill(squares, 0);
            additions = 0;
        }

        @Override
        public void end() {
            fold();
            Moments moments = normalization.moments(part);
            double rows = (double) count / channels;
            moments.rows = rows;
            for (int c = 0; c < channels; c++) {
                double rest = total[c] / rows;
                moments.mean[c] = pivot[c] + rest;
                moments.squares[c] = Math.max(0, totalSquares[c] - rows * rest * rest);
            }
        }
    }

    static final class GradientSums implements TileJob {
        private final Normalization normalization;
        private final float[] gradient;
        private final float[] values;
        private final float[] mean;
        private final float[] sums;
        private final float[] products;
        private final float[] half;
        private Normalization.GradientSums totals;
        private int additions;

        GradientSums(Normalization normalization, float[] gradient, float[] values) {
            this.normalization = normalization;
            this.gradient = gradient;
            this.values = values;
            this.mean = normalization.coefficients().mean;
            this.totals = normalization.sums(0);
            this.sums = new float[values.length];
            this.products = new float[values.length];
            this.half = new float[values.length];
        }

        @Override
        public void begin(int from, int part) {
            totals = normalization.sums(part);
            additions = 0;
            Arrays.fill(totals.gradient, 0);
            Arrays.fill(totals.product, 0);
            Arrays.fill(sums, 0);
            Arrays.fill(products, 0);
        }

        @Override
        public void run(int at, int filled) {
            ChannelTiles.addGradients(gradient, values, mean, sums, products, filled);
            if (++additions == MAX_ADDITIONS) {
                fold();
            }
        }

        private void fold() {
            ChannelTiles.fold(sums, half, totals.gradient);
            ChannelTiles.fold(products, half, totals.product);
            Arrays.fill(sums, 0);
            Arrays.fill(products, 0);
            additions = 0;
        }

        @Override
        public void end() {
            fold();
        }
    }
}
