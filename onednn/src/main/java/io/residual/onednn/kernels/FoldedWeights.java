package io.residual.onednn.kernels;

import java.util.LinkedHashMap;
import java.util.Objects;
import java.util.function.BiConsumer;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.Pointer;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.params.BatchNormalizationParamInitializer;
import org.deeplearning4j.nn.params.ConvolutionParamInitializer;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The weights and the bias of a convolution that does the batch normalization behind it, too.
 *
 * <p>With running mean m and variance v, gamma * (W x + b - m) / sqrt(v + epsilon) + beta is a convolution with the
 * weights s W and the bias s (b - m) + beta, where s = gamma / sqrt(v + epsilon), per output channel.
 */
public final class FoldedWeights {
    /** As many shapes as are in use at once: a batch size, a last partial batch, and two more. */
    private static final int MAX_SHAPES = 4;

    private final String convolution;
    private final @Nullable String normalization;
    private final double epsilon;
    private final FloatPointer weights;
    private final FloatPointer bias;
    private final LinkedHashMap<ConvolutionShape, BytePointer> prepared = new LinkedHashMap<>(8, 0.75f, true);

    /** Weights of that convolution, and of that normalization behind it where there is one. */
    public FoldedWeights(
            String name,
            ConvolutionLayer convolution,
            @Nullable String normalizationName,
            @Nullable BatchNormalization normalization) {
        this.convolution = name;
        this.normalization = normalizationName;
        epsilon = normalization == null ? 0 : normalization.getEps();
        weights = new FloatPointer(convolution.getNOut()
                * convolution.getNIn()
                * convolution.getKernelSize()[0]
                * convolution.getKernelSize()[1]);
        bias = new FloatPointer(convolution.getNOut());
    }

    /** Takes the parameters that the network has now. */
    public void refresh(ComputationGraph network) {
        float[] w = Nhwc.floats(parameter(network, convolution, ConvolutionParamInitializer.WEIGHT_KEY));
        int channels = Math.toIntExact(bias.limit());
        var biasOrNull = network.getParam(convolution + '_' + ConvolutionParamInitializer.BIAS_KEY);
        float[] b = biasOrNull == null ? new float[channels] : Nhwc.floats(biasOrNull);
        if (normalization != null) {
            fold(network, normalization, w, b);
        }
        weights.put(w);
        bias.put(b);
        prepared.values().forEach(Pointer::close);
        prepared.clear();
    }

    private void fold(ComputationGraph network, String name, float[] w, float[] b) {
        float[] gamma = Nhwc.floats(parameter(network, name, BatchNormalizationParamInitializer.GAMMA));
        float[] beta = Nhwc.floats(parameter(network, name, BatchNormalizationParamInitializer.BETA));
        float[] mean = Nhwc.floats(parameter(network, name, BatchNormalizationParamInitializer.GLOBAL_MEAN));
        double[] variance = variance(network, name);
        int perChannel = w.length / b.length;
        for (int c = 0; c < b.length; c++) {
            double scale = gamma[c] / Math.sqrt(variance[c] + epsilon);
            for (int i = c * perChannel; i < (c + 1) * perChannel; i++) {
                w[i] = (float) (scale * w[i]);
            }
            b[c] = (float) (scale * (b[c] - (double) mean[c]) + beta[c]);
        }
    }

    private static double[] variance(ComputationGraph network, String name) {
        var logStd = network.getParam(name + '_' + BatchNormalizationParamInitializer.GLOBAL_LOG_STD);
        float[] values = Nhwc.floats(
                logStd != null ? logStd : parameter(network, name, BatchNormalizationParamInitializer.GLOBAL_VAR));
        var variance = new double[values.length];
        for (int c = 0; c < values.length; c++) {
            variance[c] = logStd == null ? values[c] : Math.pow(10, 2 * values[c]);
        }
        return variance;
    }

    private static INDArray parameter(ComputationGraph network, String vertex, String key) {
        var name = vertex + '_' + key;
        return Objects.requireNonNull(network.getParam(name), name);
    }

    /**
     * The weights in the layout that the kernels of that shape want, made once.
     *
     * @param bytes size of that layout
     * @param copy from Deeplearning4j's layout to that one
     */
    Pointer prepared(ConvolutionShape shape, long bytes, BiConsumer<Pointer, Pointer> copy) {
        var known = prepared.get(shape);
        if (known == null) {
            known = PrimitiveCache.allocate(bytes);
            copy.accept(weights, PrimitiveCache.aligned(known));
            prepared.put(shape, known);
            if (prepared.size() > MAX_SHAPES) {
                Objects.requireNonNull(
                                prepared.remove(prepared.keySet().iterator().next()))
                        .close();
            }
        }
        return PrimitiveCache.aligned(known);
    }

    Pointer bias() {
        return bias;
    }
}
