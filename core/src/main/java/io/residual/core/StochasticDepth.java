package io.residual.core;

/**
 * Training that drops the residual branch of random blocks (Huang et al. 2016). Block l of L is dropped with
 * probability {@code lastDrop} x l / L; where it stays, its branch is scaled by 1 / (1 - that probability), so that inference
 * needs no correction (torchvision's {@code stochastic_depth}).
 *
 * @param lastDrop probability that the last block's branch is dropped, in [0, 1); 0 drops none
 */
public record StochasticDepth(double lastDrop, Mode mode) {
    /** Every block takes part in every step. */
    public static final StochasticDepth NONE = new StochasticDepth(0, Mode.ROW);

    public StochasticDepth {
        if (!(lastDrop >= 0 && lastDrop < 1)) {
            throw new IllegalArgumentException(
                    "the probability that the last block is dropped must be in [0, 1), got " + lastDrop);
        }
    }

    /** What is decided together. */
    public enum Mode {
        /** Each image for itself. */
        ROW,
        /** All images of a batch. */
        BATCH
    }

    /**
     * Probability that a block's branch is dropped.
     *
     * @param block counted from 1 over all stages
     */
    public double dropProbability(int block, int blocks) {
        return lastDrop * block / blocks;
    }
}
