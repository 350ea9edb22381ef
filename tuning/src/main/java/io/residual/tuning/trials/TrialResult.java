package io.residual.tuning.trials;

import io.residual.core.ResidualException;

/** How a worker's run of a trial ended. */
public sealed interface TrialResult {
    /** The run has all its epochs. */
    record Complete() implements TrialResult {}

    /** The sweep stopped it; the trial's state says why. */
    record Stopped() implements TrialResult {}

    /** The loss became NaN or infinite. */
    record Diverged(String reason) implements TrialResult {}

    /** The worker crashed or was killed; another may resume from the checkpoint. */
    record WorkerLost(String reason) implements TrialResult {}

    /** This spec cannot be trained here, now or later: its values do not go together, or need more memory. */
    record InvalidConfig(String reason) implements TrialResult {}

    /** No trial can be trained here: data or backend are missing, or the disk is full. */
    record EnvironmentFailure(ResidualException.Kind kind, String reason) implements TrialResult {}
}
