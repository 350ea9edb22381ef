package io.residual.evaluation.cli;

import io.residual.core.ResidualException;
import io.residual.core.ResidualException.Kind;
import java.util.function.Supplier;

/** Ports that a command is asked to listen at. */
public final class Ports {
    private static final int MAX_PORT = 65_535;

    private Ports() {}

    /**
     * The port of {@code --port}, 0 for a free one.
     *
     * @throws ResidualException of kind BAD_SETTING if there is no such port
     */
    public static int require(int port) {
        if (port < 0 || port > MAX_PORT) {
            throw new ResidualException(Kind.BAD_SETTING, "--port: must be from 0 to 65535, got " + port);
        }
        return port;
    }

    /** A result, or the error that nothing can listen there, with a hint. */
    public static <T> T withHint(String hint, Supplier<T> listening) {
        try {
            return listening.get();
        } catch (ResidualException e) {
            throw e.kind() == Kind.BAD_ADDRESS ? e.withHint(hint) : e;
        }
    }
}
