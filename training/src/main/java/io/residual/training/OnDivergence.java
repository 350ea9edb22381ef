package io.residual.training;

import java.util.Locale;

/** What becomes of a run whose loss is no longer a number, or stays high, in the words of {@code --on-divergence}. */
public enum OnDivergence {
    /** The command ends. */
    STOP,
    /** The run goes back to its last good checkpoint, and on with half the learning rate. */
    ROLLBACK;

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
