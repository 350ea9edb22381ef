package io.residual.training.config;

/** How weights are drawn to zero. Biases and batch norm's parameters never are. */
public enum WeightDecay {
    /** The gradient of a penalty, added to the loss's before the optimiser sees it: PyTorch's {@code SGD} and {@code Adam}. */
    L2,
    /** A step of its own, of the rate times the decay, past the optimiser (Loshchilov and Hutter 2019): {@code AdamW}. */
    DECOUPLED
}
