package io.residual.core.safetensors;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** A file that is not what it should be; the message is one line that says which file, where in it, and what was found. */
public final class SafetensorsException extends IOException {
    public SafetensorsException(String message) {
        this(message, null);
    }

    SafetensorsException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
