package io.residual.evaluation.cli;

import io.residual.training.network.KernelChoice;
import picocli.CommandLine.Option;

/** The options of all commands that run the model of a run, a group of their help. */
public class ModelOptions extends CheckpointOption {
    /** The heading of the group. */
    public static final String HEADING = "%nModel:%n";

    @Option(
            names = "--kernels",
            paramLabel = "auto|onednn|stock",
            defaultValue = "auto",
            description = "kernels to run the network on: oneDNN, Deeplearning4j's own, or the best available (default:"
                    + " ${DEFAULT-VALUE})")
    private KernelChoice kernels = KernelChoice.AUTO;

    /** The kernels, after parsing. */
    public final KernelChoice kernels() {
        return kernels;
    }
}
