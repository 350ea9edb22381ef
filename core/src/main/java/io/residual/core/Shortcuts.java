package io.residual.core;

/** Whether a block adds its input to its output. */
public enum Shortcuts {
    /** F(x) + x, or F(x) + projection(x) where the shapes differ (He et al. 2015, equations 1 and 2). */
    RESIDUAL,
    /** F(x) alone: the plain network of the same layers, without projections. */
    NONE
}
