package io.residual.tuning.search;

/** Which values of an objective are better. */
public enum Direction {
    /** Larger ones, as of an accuracy. */
    MAXIMISE,
    /** Smaller ones, as of a loss. */
    MINIMISE;

    /** The value as a loss: smaller is better, and what is no number is worst. */
    public double loss(double objective) {
        if (Double.isNaN(objective)) {
            return Double.POSITIVE_INFINITY;
        }
        return this == MAXIMISE ? -objective : objective;
    }
}
