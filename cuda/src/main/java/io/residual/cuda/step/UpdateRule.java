package io.residual.cuda.step;

/**
 * How gradients change parameters.
 *
 * @param momentum of {@link Optimiser#MOMENTUM} and {@link Optimiser#NESTEROV}
 * @param weightDecay of weights, not of biases or batch norm
 * @param clipNorm maximum norm of the complete gradient, 0 for any
 */
public record UpdateRule(
        Optimiser optimiser, float momentum, float weightDecay, Decay decay, float clipNorm, Average average) {
    /** What turns gradients into steps. */
    public enum Optimiser {
        GRADIENT_DESCENT,
        /** As PyTorch's {@code SGD} has it. */
        MOMENTUM,
        NESTEROV,
        /** Kingma and Ba 2015, with beta 0.9 and 0.999 and an epsilon of 1e-8. */
        ADAM;

        /** Arrays of as many numbers as there are parameters that decide the next steps. */
        int moments() {
            return switch (this) {
                case GRADIENT_DESCENT -> 0;
                case MOMENTUM, NESTEROV -> 1;
                case ADAM -> 2;
            };
        }
    }

    /** How weights are drawn to zero. */
    public enum Decay {
        /** As part of the gradient. */
        L2,
        /** Past the optimiser. */
        DECOUPLED
    }

    /** Whether a moving average of the parameters is kept. */
    public enum Average {
        NONE,
        KEPT
    }

    /** Gradient descent without anything else. */
    public static final UpdateRule PLAIN = new UpdateRule(Optimiser.GRADIENT_DESCENT, 0, 0, Decay.L2, 0, Average.NONE);
}
