package io.residual.evaluation.cli;

import io.residual.evaluation.model.ModelChoice;
import picocli.CommandLine.Option;

/** The option {@code --checkpoint} of all commands that use the model of a run. */
public class CheckpointOption {
    @Option(
            names = "--checkpoint",
            paramLabel = "last|best|FILE",
            defaultValue = "last",
            description = "weights of the last epoch, of the best one by the metric that the run monitored, or of a"
                    + " safetensors file (default: ${DEFAULT-VALUE})")
    private String checkpoint = "last";

    /** The weights, after parsing. */
    public final ModelChoice choice() {
        return ModelChoice.of(checkpoint);
    }
}
