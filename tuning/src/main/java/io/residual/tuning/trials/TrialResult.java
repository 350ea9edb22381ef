package io.residual.tuning.trials;

import io.residual.core.ResidualException.Kind;

/** How a worker's job ended. */
public sealed interface TrialResult {
    /** The run has all its epochs. */
    record Complete() implements TrialResult {}

    /** The sweep stopped it. */
    record Stopped() implements TrialResult {}

    /** The loss became NaN or infinite. */
    record Diverged(String reason) implements TrialResult {}

    /** The worker crashed or was killed; another may go on from the checkpoint. */
    record Lost(String reason) implements TrialResult {}

    /** This spec cannot be trained here, and could not the next time: its values do not go together, or need more memory. */
    record Refused(String reason) implements TrialResult {}

    /** No trial can be trained here: data or backend are missing, or the disk is full. */
    record Impossible(Kind status, String reason) implements TrialResult {}
}
