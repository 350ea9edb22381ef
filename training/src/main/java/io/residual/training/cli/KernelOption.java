package io.residual.training.cli;

import io.residual.training.network.KernelChoice;
import picocli.CommandLine.Option;

/** The option {@code --kernels} of all commands that run networks. */
public final class KernelOption {
    @Option(
            names = "--kernels",
            paramLabel = "auto|onednn|stock",
            defaultValue = "auto",
            description = "kernels to run the network on: oneDNN, Deeplearning4j's own, or the best available (default:"
                    + " ${DEFAULT-VALUE})")
    private KernelChoice choice = KernelChoice.AUTO;

    /** The choice, after parsing. */
    public KernelChoice choice() {
        return choice;
    }
}
