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
    /** Where a step goes. */
    enum Direction {
        /** Along the gradient, without momentum. */
        GRADIENT,
        VELOCITY,
        /** Along the velocity as it will be. */
        NESTEROV
    }

    private final FlatParameters flat;
    private final Direction direction;
    private final double momentum;
    /** Empty without momentum. */
    private final INDArray velocity;

    private final List<INDArray> velocities;

    Momentum(FlatParameters flat, Direction direction, double momentum) {
        this.flat = flat;
        this.direction = direction;
        this.momentum = momentum;
        if (direction == Direction.GRADIENT) {
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
        if (direction != Direction.GRADIENT) {
            FlatArrays.scale(momentum, velocity);
            FlatArrays.add(scale, flat.gradient(), velocity);
        }
        for (int i = 0; i < flat.groups().size(); i++) {
            step(flat.groups().get(i), i, rate, scale);
        }
    }

    private void step(FlatParameters.ParameterGroup group, int index, double rate, double scale) {
        double step = -rate * group.factor();
        switch (direction) {
            case GRADIENT -> FlatArrays.add(step * scale, group.gradient(), group.parameters());
            case VELOCITY -> FlatArrays.add(step, velocities.get(index), group.parameters());
            case NESTEROV -> {
                FlatArrays.add(step * scale, group.gradient(), group.parameters());
                FlatArrays.add(step * momentum, velocities.get(index), group.parameters());
            }
        }
    }

    @Override
    public Map<String, INDArray> state() {
        return direction == Direction.GRADIENT ? Map.of() : Map.of("velocity", velocity);
    }
}
