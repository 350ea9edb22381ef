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

    /** The worker crashed, ran out of memory or was killed; another may go on from the checkpoint. */
    record Lost(String reason) implements End {}

    /** The command refused to train this spec, and would do so again. */
    record Refused(String reason) implements End {}

    /** No trial can be trained here: data or backend are missing, or the disk is full. */
    record Impossible(ExitStatus status, String reason) implements End {}
}
