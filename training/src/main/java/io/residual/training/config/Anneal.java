package io.residual.training.config;

/** The line along which a one-cycle schedule goes from one rate to the next. */
public enum Anneal {
    COSINE,
    LINEAR
}
