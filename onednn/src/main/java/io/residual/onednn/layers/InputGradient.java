package io.residual.onednn.layers;

/** Whether a layer's gradient with respect to its input is of use to anyone. */
public enum InputGradient {
    /** Layers before this one learn from it. */
    NEEDED,
    /** The input is the network's own: nothing learns from the gradient, which is as costly as the forward pass. */
    UNUSED
}
