package io.residual.training.cli;

import io.residual.core.ResidualException;

/** Why a command ended, as the exit status of its process. */
public enum ExitStatus {
    OK(0),
    /** A bug: the log has the stack trace. */
    INTERNAL(1),
    /** Options or a preset that cannot be used. */
    USAGE(2),
    /** The data set is missing, corrupt or could not be downloaded. */
    DATA(3),
    /** A run directory or model is missing, corrupt or cannot be written. */
    RUN(4),
    /** The loss became NaN or infinite. */
    DIVERGED(5),
    /** The requested backend is missing. */
    BACKEND(6),
    /** A signal ended the run; it was saved, and the same command resumes it. */
    INTERRUPTED(7),
    /** The heap, or the memory for arrays, is too small. */
    MEMORY(8),
    /** The address to serve at cannot be used. */
    ADDRESS(9),
    /** A preset did not reach its published result. */
    NOT_REPRODUCED(10),
    /** The requested GPU is missing, or cannot be used. */
    NO_DEVICE(11),
    /** A GPU failed; the run can be resumed from its last checkpoint. */
    DEVICE_FAILED(12),
    /** Who read standard output has closed it, as {@code head} does; that of a process that SIGPIPE ended. */
    CLOSED_PIPE(128 + 13);

    private final int code;

    ExitStatus(int code) {
        this.code = code;
    }

    /** The status of a command that ended with an error of this kind. */
    public static ExitStatus of(ResidualException.Kind kind) {
        return switch (kind) {
            case BAD_SETTING -> USAGE;
            case BAD_DATA -> DATA;
            case BAD_RUN -> RUN;
            case DIVERGED -> DIVERGED;
            case NO_BACKEND -> BACKEND;
            case NO_DEVICE -> NO_DEVICE;
            case DEVICE_FAILED -> DEVICE_FAILED;
            case INTERRUPTED -> INTERRUPTED;
            case OUT_OF_MEMORY -> MEMORY;
            case BAD_ADDRESS -> ADDRESS;
        };
    }

    public int code() {
        return code;
    }
}
