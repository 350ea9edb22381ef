package io.residual.evaluation.export;

import java.util.Locale;

/** What becomes of batch norms in an exported model. */
enum BatchNormMode {
    /** Nodes of their own. */
    KEEP,
    /** Put into the weights of the convolution before, where there is one: the same results, but for rounding, in fewer nodes. */
    FOLD;

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
