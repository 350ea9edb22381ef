package io.residual.training.config;

/** The line along which a schedule goes from one rate to the next. */
public enum Anneal {
    COSINE {
        @Override
        public double between(double from, double to, double share) {
            return to + (from - to) * (1 + Math.cos(Math.PI * share)) / 2;
        }
    },
    LINEAR {
        @Override
        public double between(double from, double to, double share) {
            return from + (to - from) * share;
        }
    };

    /** The value on the way, by the share of the way that is done, in [0, 1]. */
    public abstract double between(double from, double to, double share);
}
