package io.residual.tuning.search;

import java.util.Locale;

/** Where a trial stands. */
public enum TrialState {
    /** Proposed, or requeued after its worker was lost: it starts, or resumes from its checkpoint. */
    WAITING,
    /** A worker trains it. */
    RUNNING,
    /** Stopped at a rung; it resumes from its checkpoint if it is promoted. */
    PAUSED,
    /** Stopped early for good, because it was not promising. */
    PRUNED,
    /** Trained for all of its epochs. */
    DONE,
    /** Its loss became NaN or infinite. */
    DIVERGED,
    /** Its worker failed more often than the sweep retries. */
    FAILED;

    /** Whether nothing about the trial changes any more. */
    public boolean isFinal() {
        return switch (this) {
            case WAITING, RUNNING, PAUSED -> false;
            case PRUNED, DONE, DIVERGED, FAILED -> true;
        };
    }

    /** The state in lower case, as tables and the database write it. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}
