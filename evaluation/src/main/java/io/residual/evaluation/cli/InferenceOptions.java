package io.residual.evaluation.cli;

import io.residual.training.network.InferencePrecision;
import picocli.CommandLine.Option;

/** The options of commands that run the model of a run in a precision of choice, a group of their help. */
public final class InferenceOptions extends ModelOptions {
    @Option(
            names = "--precision",
            paramLabel = "float32|bf16|int8",
            defaultValue = "float32",
            description =
                    "number format of weights and activations; int8 finds their ranges on training images of the run,"
                            + " once (default: ${DEFAULT-VALUE})")
    private InferencePrecision precision = InferencePrecision.FLOAT32;

    /** The precision, after parsing. */
    public InferencePrecision precision() {
        return precision;
    }
}
