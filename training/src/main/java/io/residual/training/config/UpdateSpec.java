package io.residual.training.config;

import io.residual.training.config.Setting.Topic;
import java.util.Locale;
import java.util.Map;

/**
 * How a gradient becomes a step.
 *
 * @param momentum of sgd, nesterov and muon, at least 0, below 1
 * @param muonRate the highest learning rate of the filters of convolutions with muon, above 0, at most 10
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
        double muonRate,
        double weightDecay,
        WeightDecay weightDecayMode,
        double clipNorm,
        double adaptiveClipping,
        double layerwiseRateDecay,
        int accumulation) {
    static final SettingGroup<UpdateSpec> SETTINGS = new SettingGroup<>(UpdateSpec.class, Topic.OPTIMISER)
            .named("optimiser", "update rule")
            .optional(Optimiser.SGD)
            .named("momentum", "momentum of sgd, nesterov and muon")
            .with("optimiser", "sgd", "nesterov", "muon")
            .optional(ValueType.numbers("MOMENTUM", 0, 0.9999), 0.0)
            .named(
                    "muonRate",
                    "highest learning rate of the convolutions' filters with muon; all else has learningRate, by"
                            + " nesterov")
            .with("optimiser", "muon")
            .optional(ValueType.numbersAbove("RATE", 0, 10), 0.05)
            .named("weightDecay", "weight decay; biases and batch norm have none")
            .optional(ValueType.numbers("DECAY", 0, 1), 0.0)
            .named("weightDecayMode", "weight decay as part of the gradient, or past the optimiser as in AdamW")
            .with("weightDecay")
            .optional(WeightDecay.L2)
            .named("clipNorm", "maximum norm of the complete gradient; 0 for any")
            .optional(ValueType.numbers("NORM", 0, 1e6), 0.0)
            .named("adaptiveClipping", "maximum norm of a unit's gradient as a share of its weights' norm; 0 for any")
            .optional(ValueType.numbers("SHARE", 0, 100), 0.0)
            .named(
                    "rateFactor",
                    "factor on the learning rate from each depth to the next; below 1, layers near the image learn"
                            + " fastest")
            .optional(ValueType.numbers("FACTOR", 0.1, 10), 1.0)
            .named("accumulation", "number of batches whose gradients make one step")
            .optional(ValueType.wholeNumbers("BATCHES", 1, 1000), 1);

    /** What turns gradients into steps. */
    public enum Optimiser {
        /** Stochastic gradient descent, with momentum where that is above 0. */
        SGD,
        /** The same with Nesterov's momentum (Sutskever et al. 2013). */
        NESTEROV,
        /** Jordan et al. 2024: orthogonal steps for the filters of convolutions; {@link #NESTEROV} for all else. */
        MUON,
        /** Kingma and Ba 2015; with decoupled weight decay it is AdamW. */
        ADAM,
        /** Reddi, Kale and Kumar 2018. */
        AMSGRAD,
        /** Dozat 2016. */
        NADAM,
        /** Kingma and Ba 2015, section 7.1. */
        ADAMAX,
        /** Zhuang et al. 2020. */
        ADABELIEF,
        /** Duchi, Hazan and Singer 2011. */
        ADAGRAD,
        /** Hinton's lecture 6e, 2012. */
        RMSPROP;

        /** Whether a step's size depends on the gradients' own history: a factor on all gradients changes nothing. */
        public boolean isAdaptive() {
            return this != SGD && this != NESTEROV;
        }
    }

    /** How weights are drawn to zero. Biases and batch norm's parameters never are. */
    public enum WeightDecay {
        /** The gradient of a penalty, added to the loss's before the optimiser sees it: PyTorch's {@code SGD} and {@code Adam}. */
        L2,
        /** A step of its own, of the rate times the decay, past the optimiser (Loshchilov and Hutter 2019): {@code AdamW}. */
        DECOUPLED
    }

    /** Plain SGD. */
    public static final UpdateSpec PLAIN = SETTINGS.from(Map.of());

    public UpdateSpec {
        SETTINGS.require(
                optimiser,
                momentum,
                muonRate,
                weightDecay,
                weightDecayMode,
                clipNorm,
                adaptiveClipping,
                layerwiseRateDecay,
                accumulation);
        if ((optimiser == Optimiser.NESTEROV || optimiser == Optimiser.MUON) && momentum == 0) {
            throw new IllegalArgumentException("optimiser " + optimiser.name().toLowerCase(Locale.ROOT)
                    + " needs a momentum above 0, such as 0.9");
        }
    }
}
