package io.residual.training.config;

/** Which training images an epoch draws. */
public enum Sampler {
    /** Each image once. */
    SHUFFLED,
    /** As many images of each class, so that those of small classes are drawn several times. */
    BALANCED
}
