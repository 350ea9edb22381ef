package io.residual.training.optim;

import java.util.function.Supplier;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The exponential moving average of a network's parameters, running statistics included: {@code a = d * a + (1 - d) * p}
 * after each update, d the lesser of the decay and (1 + t) / (10 + t) at update t, so that the first weights are soon
 * forgotten (as TensorFlow's {@code ExponentialMovingAverage} with {@code num_updates}).
 */
public final class WeightAverage {
    private final double decay;
    private final INDArray parameters;
    private final INDArray average;

    WeightAverage(double decay, INDArray parameters) {
        this.decay = decay;
        this.parameters = parameters.reshape(parameters.length());
        this.average = this.parameters.dup();
    }

    /** What the average itself weighs at an update. */
    public static double weight(double decay, long update) {
        return Math.min(decay, (1.0 + update) / (10.0 + update));
    }

    void follow(long update) {
        double weight = weight(decay, update);
        FlatArrays.scale(weight, average);
        FlatArrays.add(1 - weight, parameters, average);
    }

    INDArray values() {
        return average;
    }

    /** Replaces the network's parameters by the averaged ones. */
    public void use() {
        FlatArrays.copy(average, parameters);
    }

    /** The result of an action while the network has the averaged parameters. */
    public <T> T within(Supplier<T> action) {
        FlatArrays.swap(parameters, average);
        try {
            return action.get();
        } finally {
            FlatArrays.swap(parameters, average);
        }
    }
}
