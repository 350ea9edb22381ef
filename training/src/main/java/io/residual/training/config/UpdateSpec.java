package io.residual.training.config;

import java.io.Serializable;

/**
 * How a gradient becomes a step.
 *
 * @param momentum of sgd and nesterov, at least 0, below 1
 * @param weightDecay of weights, not of biases or batch norm, 0 to 1
 * @param clipNorm most norm of the whole gradient, 0 for any
 * @param adaptiveClipping most norm of a unit's gradient as a share of its weights' (Brock et al. 2021), 0 for any
 * @param rateFactor on the learning rate from each depth to the next one nearer to the classes, 0.1 to 10; the depth with
 *     the highest has the whole rate
 * @param accumulation batches whose gradients make one step, 1 to 1,000
 */
public record UpdateSpec(
        Optimiser optimiser,
        double momentum,
        double weightDecay,
        WeightDecay weightDecayMode,
        double clipNorm,
        double adaptiveClipping,
        double rateFactor,
        int accumulation)
        implements Serializable {
    /** Plain SGD. */
    public static final UpdateSpec PLAIN = UpdateSettings.defaults();

    public UpdateSpec {
        UpdateSettings.MOMENTUM.require(momentum);
        UpdateSettings.WEIGHT_DECAY.require(weightDecay);
        UpdateSettings.CLIP_NORM.require(clipNorm);
        UpdateSettings.ADAPTIVE_CLIPPING.require(adaptiveClipping);
        UpdateSettings.RATE_FACTOR.require(rateFactor);
        UpdateSettings.ACCUMULATION.require(accumulation);
        if (optimiser == Optimiser.NESTEROV && momentum == 0) {
            throw new IllegalArgumentException("optimiser nesterov needs a momentum above 0, such as 0.9");
        }
    }
}
