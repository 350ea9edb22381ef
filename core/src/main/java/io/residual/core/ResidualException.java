package io.residual.core;

import org.jspecify.annotations.Nullable;

/**
 * An error that the user can fix. The message is one line that says what is wrong, where, and how to fix it, in terms of
 * files and settings; a command prints it without a stack trace, adds the option that helps, and maps the kind to its exit
 * code.
 */
public final class ResidualException extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final Kind kind;

    /** What an error is about, which decides the exit code of a command. */
    public enum Kind {
        /** A setting, an option or a preset that cannot be used. */
        BAD_SETTING,
        /** The data set is missing, corrupt, or could not be downloaded. */
        BAD_DATA,
        /** A run directory or a model is missing, corrupt, or cannot be written. */
        BAD_RUN,
        /** The loss became NaN or infinite, or stayed high. */
        DIVERGED,
        /** The backend that was asked for is not there. */
        NO_BACKEND,
        /** The GPU that was asked for is not there, or cannot be used. */
        NO_DEVICE,
        /** A GPU failed while it was used. */
        DEVICE_FAILED,
        /** A signal ended the work; it was saved and can be resumed. */
        INTERRUPTED,
        /** The heap, or the memory for arrays or of a GPU, is too small. */
        OUT_OF_MEMORY,
        /** The address to serve at cannot be used. */
        BAD_ADDRESS
    }

    public ResidualException(Kind kind, String message) {
        this(kind, message, null);
    }

    public ResidualException(Kind kind, String message, @Nullable Throwable cause) {
        super(message, cause);
        this.kind = kind;
    }

    public Kind kind() {
        return kind;
    }

    /** The same error with a sentence behind it about what the user can do, such as the option of a command that helps. */
    public ResidualException withHint(String hint) {
        String message = String.valueOf(getMessage());
        ResidualException hinted =
                new ResidualException(kind, message + (message.endsWith(".") ? " " : ": ") + hint, getCause());
        hinted.setStackTrace(getStackTrace());
        return hinted;
    }
}
