package io.residual.training.optim;

import java.util.List;
import java.util.Map;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Stochastic gradient descent as PyTorch's {@code SGD} has it: {@code v = momentum * v + g}, then {@code p -= rate * v} or,
 * with Nesterov's momentum, {@code p -= rate * (g + momentum * v)}. Deeplearning4j's {@code Nesterovs} keeps the rate in
 * the velocity, so that the two differ when the rate changes.
 */
final class Momentum implements UpdateRule {
    private final FlatParameters flat;
    private final double momentum;
    private final boolean nesterov;
    /** Empty without momentum. */
    private final INDArray velocity;

    private final List<INDArray> velocities;

    /** @param momentum 0 for steps along the gradient */
    Momentum(FlatParameters flat, double momentum, boolean nesterov) {
        this.flat = flat;
        this.momentum = momentum;
        this.nesterov = nesterov;
        if (momentum == 0) {
            velocity = Nd4j.empty(flat.parameters().dataType());
            velocities = List.of();
        } else {
            velocity =
                    Nd4j.zeros(flat.parameters().dataType(), flat.parameters().length());
            velocities = flat.groups().stream().map(s -> s.of(velocity)).toList();
        }
    }

    @Override
    public void apply(double rate, double scale, long update) {
        flat.decayInGradient(scale);
        flat.decayInPlace(rate);
        if (momentum != 0) {
            FlatArrays.scale(momentum, velocity);
            FlatArrays.add(scale, flat.gradient(), velocity);
        }
        for (int i = 0; i < flat.groups().size(); i++) {
            step(flat.groups().get(i), i, rate, scale);
        }
    }

    private void step(FlatParameters.ParameterGroup group, int index, double rate, double scale) {
        double step = -rate * group.factor();
        if (momentum == 0 || nesterov) {
            FlatArrays.add(step * scale, group.gradient(), group.parameters());
        }
        if (momentum != 0) {
            FlatArrays.add(nesterov ? step * momentum : step, velocities.get(index), group.parameters());
        }
    }

    /** A live view of the velocity, which all parameters have, also those in no group. */
    INDArray velocity() {
        return velocity;
    }

    @Override
    public Map<String, INDArray> state() {
        return momentum == 0 ? Map.of() : Map.of("velocity", velocity);
    }
}
