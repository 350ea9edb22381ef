package io.residual.evaluation.export;

import java.util.Locale;

/** Batch norms in an exported model. */
public enum BatchNormMode {
    /** Nodes of their own. */
    KEEP,
    /** Folded into the weights of the convolution before, if there is one: the same results except for rounding, in fewer nodes. */
    FOLD;

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
