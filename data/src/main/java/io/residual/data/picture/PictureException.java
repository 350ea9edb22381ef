package io.residual.data.picture;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** A picture that cannot be read. The message says why, and how to fix it, without the name of the file. */
public final class PictureException extends IOException {
    /** The kind of problem. */
    public enum Reason {
        /** Not a picture, or of a format that is not read. */
        FORMAT,
        /** More bytes or pixels than allowed, or too slow to decode. */
        LIMIT,
        /** Cut short or damaged. */
        DAMAGED
    }

    private final Reason reason;

    PictureException(Reason reason, String message) {
        this(reason, message, null);
    }

    PictureException(Reason reason, String message, @Nullable Throwable cause) {
        super(message, cause);
        this.reason = reason;
    }

    public Reason reason() {
        return reason;
    }
}
