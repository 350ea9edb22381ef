package io.residual.core.weights;

import java.util.stream.LongStream;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * One tensor of a network, under its PyTorch name and its DL4J name.
 *
 * @param name PyTorch's, such as {@code layer1.0.conv1.weight}
 * @param vertex the path of the vertex that owns it, such as {@code stage1.block1.conv1}
 * @param key DL4J's key of the parameter within the vertex, such as {@code W}
 */
public record NamedTensor(String name, String vertex, String key, Kind kind) {
    /** What a tensor is to its layer, and so how its layout differs between DL4J and PyTorch. */
    public enum Kind {
        /** [out, in, height, width] in both. */
        CONVOLUTION_WEIGHT,
        /** [in, out] in DL4J, [out, in] in PyTorch. */
        DENSE_WEIGHT,
        /** Bias, scale or shift: [1, n] in DL4J, [n] in PyTorch. */
        VECTOR,
        /** Running mean or variance of a batch norm, not trained by gradients: [1, n] in DL4J, [n] in PyTorch. */
        STATISTIC
    }

    /** The key in {@code ComputationGraph.paramTable()} and in its gradients. */
    public String parameter() {
        return vertex + "_" + key;
    }

    /** Whether gradients train it (PyTorch: a parameter, not a buffer). */
    public boolean trained() {
        return kind != Kind.STATISTIC;
    }

    boolean isVariance() {
        return kind == Kind.STATISTIC && key.equals("var");
    }

    /** A DL4J array of this tensor's parameter, gradient or update in PyTorch's layout; a view where that is possible. */
    public INDArray toPyTorch(INDArray array) {
        return switch (kind) {
            case CONVOLUTION_WEIGHT -> array;
            case DENSE_WEIGHT -> array.transpose();
            case VECTOR, STATISTIC -> array.reshape(array.length());
        };
    }

    /** Shape in PyTorch of a DL4J array of this tensor. */
    public long[] pyTorchShape(INDArray array) {
        return switch (kind) {
            case CONVOLUTION_WEIGHT -> array.shape();
            case DENSE_WEIGHT -> reversed(array.shape());
            case VECTOR, STATISTIC -> new long[] {array.length()};
        };
    }

    private static long[] reversed(long[] shape) {
        return LongStream.range(0, shape.length)
                .map(i -> shape[shape.length - 1 - (int) i])
                .toArray();
    }

    @Override
    public String toString() {
        return name + " (" + parameter() + ", " + kind + ")";
    }
}
