package io.residual.evaluation.model;

import java.util.Objects;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The option {@code --checkpoint} of all commands that ask a trained model. */
public final class CheckpointOption {
    @Option(
            names = "--checkpoint",
            paramLabel = "last|best|FILE",
            defaultValue = "last",
            description =
                    "the model after the last epoch, after the one that did best on validation, or the weights of a"
                            + " safetensors file; last if none is given")
    private @Nullable String text;

    /** What was asked for, after parsing. */
    public ModelChoice choice() {
        return ModelChoice.of(Objects.requireNonNull(text));
    }
}
