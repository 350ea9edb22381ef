package io.residual.training.config;

import io.residual.training.config.Setting.Topic;

/**
 * How a gradient becomes a step.
 *
 * @param momentum of sgd and nesterov, at least 0, below 1
 * @param weightDecay of weights, not of biases or batch norm, 0 to 1
 * @param clipNorm maximum norm of the complete gradient, 0 for any
 * @param adaptiveClipping maximum norm of a unit's gradient as a share of its weights' (Brock et al. 2021), 0 for any
 * @param layerwiseRateDecay factor on the learning rate from each depth to the next one nearer to the classes, 0.1 to 10;
 *     the depth with the highest rate has the schedule's
 * @param accumulation batches whose gradients make one step, 1 to 1,000
 */
public record UpdateSpec(
        Optimiser optimiser,
        double momentum,
        double weightDecay,
        WeightDecay weightDecayMode,
        double clipNorm,
        double adaptiveClipping,
        double layerwiseRateDecay,
        int accumulation) {
    static final SettingGroup<UpdateSpec> SETTINGS =
            new SettingGroup<>(Topic.OPTIMISER, s -> s.optimisation().update());

    static final Setting<Optimiser> OPTIMISER = SETTINGS.named("optimiser", "update rule")
            .withDefault(ValueType.wordsOf(Optimiser.values()), UpdateSpec::optimiser, Optimiser.SGD);

    static final Setting<Double> MOMENTUM = SETTINGS.named("momentum", "momentum of sgd and nesterov")
            .withDefault(ValueType.numbers("MOMENTUM", 0, 0.9999), UpdateSpec::momentum, 0.0);

    static final Setting<Double> WEIGHT_DECAY = SETTINGS.named(
                    "weightDecay", "weight decay; biases and batch norm have none")
            .withDefault(ValueType.numbers("DECAY", 0, 1), UpdateSpec::weightDecay, 0.0);

    static final Setting<WeightDecay> WEIGHT_DECAY_MODE = SETTINGS.named(
                    "weightDecayMode", "weight decay as part of the gradient, or past the optimiser as in AdamW")
            .withDefault(ValueType.wordsOf(WeightDecay.values()), UpdateSpec::weightDecayMode, WeightDecay.L2);

    static final Setting<Double> CLIP_NORM = SETTINGS.named(
                    "clipNorm", "maximum norm of the complete gradient; 0 for any")
            .withDefault(ValueType.numbers("NORM", 0, 1e6), UpdateSpec::clipNorm, 0.0);

    static final Setting<Double> ADAPTIVE_CLIPPING = SETTINGS.named(
                    "adaptiveClipping", "maximum norm of a unit's gradient as a share of its weights' norm; 0 for any")
            .withDefault(ValueType.numbers("SHARE", 0, 100), UpdateSpec::adaptiveClipping, 0.0);

    static final Setting<Double> RATE_FACTOR = SETTINGS.named(
                    "rateFactor",
                    "factor on the learning rate from each depth to the next; below 1, layers near the image learn fastest")
            .withDefault(ValueType.numbers("FACTOR", 0.1, 10), UpdateSpec::layerwiseRateDecay, 1.0);

    static final Setting<Integer> ACCUMULATION = SETTINGS.named(
                    "accumulation", "number of batches whose gradients make one step")
            .withDefault(ValueType.wholeNumbers("BATCHES", 1, 1000), UpdateSpec::accumulation, 1);

    /** Plain SGD. */
    public static final UpdateSpec PLAIN = from(SettingValues.DEFAULTS);

    public UpdateSpec {
        MOMENTUM.require(momentum);
        WEIGHT_DECAY.require(weightDecay);
        CLIP_NORM.require(clipNorm);
        ADAPTIVE_CLIPPING.require(adaptiveClipping);
        RATE_FACTOR.require(layerwiseRateDecay);
        ACCUMULATION.require(accumulation);
        if (optimiser == Optimiser.NESTEROV && momentum == 0) {
            throw new IllegalArgumentException("optimiser nesterov needs a momentum above 0, such as 0.9");
        }
    }

    static UpdateSpec from(SettingValues values) {
        return new UpdateSpec(
                values.get(OPTIMISER),
                values.get(MOMENTUM),
                values.get(WEIGHT_DECAY),
                values.get(WEIGHT_DECAY_MODE),
                values.get(CLIP_NORM),
                values.get(ADAPTIVE_CLIPPING),
                values.get(RATE_FACTOR),
                values.get(ACCUMULATION));
    }
}
