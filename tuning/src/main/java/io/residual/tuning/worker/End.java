package io.residual.tuning.worker;

import io.residual.training.ExitStatus;

/** How a worker's job ended. */
public sealed interface End {
    /** The run has all its epochs. */
    record Complete() implements End {}

    /** The sweep stopped it. */
    record Stopped() implements End {}

    /** The loss became NaN or infinite. */
    record Diverged(String reason) implements End {}

    /** The worker crashed or was killed; another may go on from the checkpoint. */
    record Lost(String reason) implements End {}

    /** This spec cannot be trained here, and could not the next time: its values do not go together, or need more memory. */
    record Refused(String reason) implements End {}

    /** No trial can be trained here: data or backend are missing, or the disk is full. */
    record Impossible(ExitStatus status, String reason) implements End {}
}
