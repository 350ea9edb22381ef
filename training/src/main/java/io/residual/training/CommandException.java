package io.residual.training;

import org.jspecify.annotations.Nullable;

/**
 * A fault that the user can mend. The message is one line that says what is wrong, where, and how to mend it; a command
 * prints it without a stack trace and exits with the status.
 */
public final class CommandException extends RuntimeException {
    private final ExitStatus status;

    public CommandException(ExitStatus status, String message) {
        this(status, message, null);
    }

    public CommandException(ExitStatus status, String message, @Nullable Throwable cause) {
        super(message, cause);
        this.status = status;
    }

    public ExitStatus status() {
        return status;
    }
}
