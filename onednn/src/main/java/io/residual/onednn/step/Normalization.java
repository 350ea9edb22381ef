package io.residual.onednn.step;

import io.residual.onednn.step.ChannelTiles.Coefficients;
import io.residual.program.Operation.Normalize;
import org.bytedeco.javacpp.FloatPointer;

/**
 * A batch norm within a step: its sums over parts of a batch, added up in the order of the parts in double precision, and what
 * follows from them.
 */
final class Normalization {
    private final Normalize operation;
    private final Coefficients coefficients;
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

    /** Rows of a part, and of each channel their mean and the sum of their squared deviations from it. */
    static final class Moments {
        final double[] mean;
        final double[] squares;
        double rows;

        Moments(int channels) {
            mean = new double[channels];
            squares = new double[channels];
        }
    }

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

    Moments moments(int part) {
        return moments[part];
    }

    GradientSums sums(int part) {
        return sums[part];
    }

    /** Merges the moments of all parts (T. Chan, G. Golub, R. LeVeque 1983), when all are known. */
    void finishStatistics() {
        System.arraycopy(moments[0].mean, 0, mean, 0, mean.length);
        System.arraycopy(moments[0].squares, 0, variance, 0, mean.length);
        double before = moments[0].rows;
        for (int i = 1; i < moments.length; i++) {
            Moments part = moments[i];
            double all = before + part.rows;
            double share = part.rows / all;
            for (int c = 0; c < mean.length; c++) {
                double difference = part.mean[c] - mean[c];
                mean[c] += difference * share;
                variance[c] += part.squares[c] + difference * difference * before * share;
            }
            before = all;
        }
        setCoefficients();
        setRunning();
    }

    private void setCoefficients() {
        for (int c = 0; c < mean.length; c++) {
            variance[c] /= rows;
            numbers[c] = (float) mean[c];
        }
        ChannelTiles.repeat(numbers, coefficients.mean);
        for (int c = 0; c < mean.length; c++) {
            numbers[c] = (float) (parameters.gamma.get(c) * deviationInverse(c));
        }
        ChannelTiles.repeat(numbers, coefficients.scale);
        parameters.beta.get(numbers);
        ChannelTiles.repeat(numbers, coefficients.shift);
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
