package io.residual.training.cli;

import io.residual.core.ResidualException;
import io.residual.core.ResidualException.Kind;
import io.residual.training.config.DataChoice;

/** The option {@code --data} of the commands whose settings are none of a spec. */
public final class DataOption {
    private DataOption() {}

    /**
     * The place that a user names.
     *
     * @throws ResidualException of kind BAD_SETTING if it is none
     */
    public static DataChoice choice(String text) {
        try {
            return DataChoice.of(text);
        } catch (IllegalArgumentException e) {
            throw new ResidualException(Kind.BAD_SETTING, "--data: " + e.getMessage() + ", got '" + text + "'", e);
        }
    }
}
