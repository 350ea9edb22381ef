package io.residual.training.cli;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Whether output goes to a screen on which a line can be rewritten. */
public enum Terminal {
    INTERACTIVE,
    /** A file, a pipe, or a screen that cannot return to the start of a line. */
    PLAIN;

    /** The terminal of this process. */
    public static Terminal detect() {
        return of(System.console(), System.getenv());
    }

    static Terminal of(@Nullable Object console, Map<String, String> environment) {
        String type = environment.getOrDefault("TERM", "");
        boolean rewrites = type.isEmpty() ? environment.containsKey("WT_SESSION") : !type.equals("dumb");
        return console != null && rewrites ? INTERACTIVE : PLAIN;
    }
}
