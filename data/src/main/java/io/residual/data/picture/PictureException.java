package io.residual.data.picture;

import java.io.IOException;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** A picture that cannot be read. The message says why, and how to fix it, without the name of the file. */
public final class PictureException extends IOException {
    /** The kind of problem. */
    public enum Reason {
        /** Not a picture, or of a format that is not read. */
        FORMAT,
        /** More bytes than {@link PictureLimits#bytes}. */
        BYTES,
        /** More pixels than {@link PictureLimits#pixels}. */
        PIXELS,
        /** More memory than there is for decoding, or too much work or time. */
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

    /** A file of more bytes than are allowed. */
    public static PictureException tooManyBytes(int max) {
        return new PictureException(
                Reason.BYTES, String.format(Locale.ROOT, "larger than %,d bytes: reduce the picture", max));
    }

    public Reason reason() {
        return reason;
    }

    /**
     * This one, with a hint at the end of its message if the reason is a limit that the caller can raise.
     *
     * @param bytes how to raise {@link PictureLimits#bytes}, such as the name of an option
     * @param pixels how to raise {@link PictureLimits#pixels}
     */
    public String message(String bytes, String pixels) {
        return switch (reason) {
            case BYTES -> getMessage() + ", or raise " + bytes;
            case PIXELS -> getMessage() + ", or raise " + pixels;
            default -> String.valueOf(getMessage());
        };
    }
}
