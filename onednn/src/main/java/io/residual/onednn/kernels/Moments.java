package io.residual.onednn.kernels;

/**
 * Of a number of rows, each channel's mean and the sum of its squared deviations from it. Parts are merged in double precision
 * (T. Chan, G. Golub, R. LeVeque: Algorithms for computing the sample variance, 1983).
 */
public final class Moments {
    public final double[] mean;
    public final double[] squares;
    public double rows;

    /** Of no rows. */
    public Moments(int channels) {
        mean = new double[channels];
        squares = new double[channels];
    }

    /** Adds the rows of another part. */
    public void merge(Moments other) {
        double all = rows + other.rows;
        double share = other.rows / all;
        for (int c = 0; c < mean.length; c++) {
            double difference = other.mean[c] - mean[c];
            mean[c] += difference * share;
            squares[c] += other.squares[c] + difference * difference * (rows * share);
        }
        rows = all;
    }
}
