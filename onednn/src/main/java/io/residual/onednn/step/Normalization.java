package io.residual.onednn.step;

import io.residual.onednn.kernels.ChannelTiles;
import io.residual.onednn.kernels.ChannelTiles.Coefficients;
import io.residual.onednn.kernels.Moments;
import io.residual.onednn.kernels.RoundedRows.ChannelFactors;
import io.residual.program.Operation.Normalize;
import org.bytedeco.javacpp.FloatPointer;

/**
 * A batch norm within a step: its sums over parts of a batch, added up in the order of the parts in double precision, and what
 * follows from them.
 */
final class Normalization {
    private final Normalize operation;
    private final Coefficients coefficients;
    private final ChannelFactors factors;
    private final double[] mean;
    private final double[] variance;
    private final double rows;
    private final float[] numbers;
    private final Parameters parameters;
    private final Moments[] moments;
    private final GradientSums[] sums;

    /** Where its parameters are, and where their gradients go; running statistics' are what is to be subtracted from them. */
    record Parameters(
            FloatPointer gamma,
            FloatPointer beta,
            FloatPointer runningMean,
            FloatPointer runningVariance,
            FloatPointer gammaGradient,
            FloatPointer betaGradient,
            FloatPointer meanChange,
            FloatPointer varianceChange) {}

    /** Of each channel the sum of gradients, and of their products with the deviations from the mean. */
    static final class GradientSums {
        final double[] gradient;
        final double[] product;

        GradientSums(int channels) {
            gradient = new double[channels];
            product = new double[channels];
        }
    }

    /**
     * Prepares a normalization.
     *
     * @param rows images x height x width of the batch
     * @param forwardParts into how many parts of the batch the statistics are divided
     * @param backwardParts into how many the gradient's sums are
     */
    Normalization(
            Normalize operation,
            int channels,
            double rows,
            int forwardParts,
            int backwardParts,
            Parameters parameters) {
        this.operation = operation;
        this.coefficients = new Coefficients(channels);
        this.factors = new ChannelFactors(channels);
        this.mean = new double[channels];
        this.variance = new double[channels];
        this.rows = rows;
        this.numbers = new float[channels];
        this.parameters = parameters;
        this.moments = new Moments[forwardParts];
        this.sums = new GradientSums[backwardParts];
        for (int i = 0; i < forwardParts; i++) {
            moments[i] = new Moments(channels);
        }
        for (int i = 0; i < backwardParts; i++) {
            sums[i] = new GradientSums(channels);
        }
    }

    Coefficients coefficients() {
        return coefficients;
    }

    ChannelFactors factors() {
        return factors;
    }

    /** Whether no value that is normalized becomes NaN or infinite by a statistic or parameter that is. */
    boolean isFinite() {
        return factors.isFinite(numbers);
    }

    Moments moments(int part) {
        return moments[part];
    }

    GradientSums sums(int part) {
        return sums[part];
    }

    /** Merges the moments of all parts, when all are known. */
    void finishStatistics() {
        Moments all = new Moments(mean.length);
        for (Moments part : moments) {
            all.merge(part);
        }
        System.arraycopy(all.mean, 0, mean, 0, mean.length);
        for (int c = 0; c < mean.length; c++) {
            variance[c] = all.squares[c] / rows;
        }
        setCoefficients();
        setRunning();
    }

    private void setCoefficients() {
        for (int c = 0; c < mean.length; c++) {
            numbers[c] = (float) mean[c];
        }
        ChannelTiles.repeat(numbers, coefficients.mean);
        factors.mean().put(numbers);
        for (int c = 0; c < mean.length; c++) {
            numbers[c] = (float) (parameters.gamma.get(c) * deviationInverse(c));
        }
        ChannelTiles.repeat(numbers, coefficients.scale);
        factors.scale().put(numbers);
        parameters.beta.get(numbers);
        ChannelTiles.repeat(numbers, coefficients.shift);
        factors.shift().put(numbers);
    }

    private void setRunning() {
        double rate = 1 - operation.decay();
        double correction = operation.unbiased() && rows > 1 ? rows / (rows - 1) : 1;
        parameters.runningMean.get(numbers);
        for (int c = 0; c < mean.length; c++) {
            numbers[c] = (float) (rate * (numbers[c] - mean[c]));
        }
        parameters.meanChange.put(numbers);
        parameters.runningVariance.get(numbers);
        for (int c = 0; c < mean.length; c++) {
            numbers[c] = (float) (rate * (numbers[c] - correction * variance[c]));
        }
        parameters.varianceChange.put(numbers);
    }

    private double deviationInverse(int channel) {
        return 1 / Math.sqrt(variance[channel] + operation.epsilon());
    }

    /** Adds up the gradient's sums, when those of all parts are known. */
    void finishSums() {
        double[] gradient = new double[mean.length];
        double[] product = new double[mean.length];
        for (GradientSums part : sums) {
            for (int c = 0; c < mean.length; c++) {
                gradient[c] += part.gradient[c];
                product[c] += part.product[c];
            }
        }
        for (int c = 0; c < mean.length; c++) {
            numbers[c] = (float) gradient[c];
        }
        parameters.betaGradient.put(numbers);
        for (int c = 0; c < mean.length; c++) {
            numbers[c] = (float) (product[c] * deviationInverse(c));
        }
        parameters.gammaGradient.put(numbers);
        for (int c = 0; c < mean.length; c++) {
            numbers[c] = (float) (gradient[c] / rows);
        }
        ChannelTiles.repeat(numbers, coefficients.gradientMean);
        for (int c = 0; c < mean.length; c++) {
            double inverse = deviationInverse(c);
            numbers[c] = (float) (product[c] / rows * inverse * inverse);
        }
        ChannelTiles.repeat(numbers, coefficients.gradientSlope);
    }
}
