package io.residual.program.inference;

import io.residual.program.Operation.Normalize;
import io.residual.program.inference.FusedOperation.Convolution;
import java.util.function.Function;

/**
 * The weights and the bias of a convolution that does the batch norm behind it, too.
 *
 * <p>With running mean m and variance v, gamma * (W x + b - m) / sqrt(v + epsilon) + beta is a convolution with the
 * weights s W and the bias s (b - m) + beta, where s = gamma / sqrt(v + epsilon), per output channel.
 */
public final class FoldedWeights {
    private final float[] weights;
    private final float[] bias;

    private FoldedWeights(float[] weights, float[] bias) {
        this.weights = weights;
        this.bias = bias;
    }

    /**
     * The weights of a convolution.
     *
     * @param channels that it writes
     * @param parameters by name, each a new array in the order that the operations describe
     */
    public static FoldedWeights of(Convolution operation, int channels, Function<String, float[]> parameters) {
        float[] weights = parameters.apply(operation.convolve().weights());
        float[] bias = operation.convolve().biased()
                ? parameters.apply(operation.convolve().bias())
                : new float[channels];
        operation.normalize().ifPresent(normalize -> {
            Factors factors = Factors.of(normalize, parameters);
            int perChannel = weights.length / channels;
            for (int c = 0; c < channels; c++) {
                for (int i = c * perChannel; i < (c + 1) * perChannel; i++) {
                    weights[i] = (float) (factors.scale[c] * weights[i]);
                }
                bias[c] = (float) (factors.scale[c] * (bias[c] - (double) factors.mean[c]) + factors.beta[c]);
            }
        });
        return new FoldedWeights(weights, bias);
    }

    /** A batch norm as a factor and a bias of each channel. */
    public static FoldedWeights of(Normalize normalize, Function<String, float[]> parameters) {
        Factors factors = Factors.of(normalize, parameters);
        float[] weights = new float[factors.scale.length];
        float[] bias = new float[weights.length];
        for (int c = 0; c < weights.length; c++) {
            weights[c] = (float) factors.scale[c];
            bias[c] = (float) (factors.beta[c] - factors.scale[c] * factors.mean[c]);
        }
        return new FoldedWeights(weights, bias);
    }

    @SuppressWarnings("ArrayRecordComponent") // of this file alone
    private record Factors(double[] scale, float[] mean, float[] beta) {
        static Factors of(Normalize normalize, Function<String, float[]> parameters) {
            float[] gamma = parameters.apply(normalize.parameter("gamma"));
            float[] variance = parameters.apply(normalize.parameter("var"));
            double[] scale = new double[gamma.length];
            for (int c = 0; c < scale.length; c++) {
                scale[c] = gamma[c] / Math.sqrt(variance[c] + normalize.epsilon());
            }
            return new Factors(
                    scale,
                    parameters.apply(normalize.parameter("mean")),
                    parameters.apply(normalize.parameter("beta")));
        }
    }

    /** [output channels, input channels, rows, columns], or a factor for each channel; not a copy. */
    public float[] weights() {
        return weights;
    }

    /** [output channels]; not a copy. */
    public float[] bias() {
        return bias;
    }

    /** The largest magnitude; NaN if one is not a number. */
    public float largest() {
        float largest = 0;
        for (float[] values : new float[][] {weights, bias}) {
            for (float value : values) {
                largest = Math.max(largest, Math.abs(value));
            }
        }
        return largest;
    }
}
