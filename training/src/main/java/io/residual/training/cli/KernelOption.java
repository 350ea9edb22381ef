package io.residual.training.cli;

import io.residual.training.network.KernelChoice;
import picocli.CommandLine.Option;

/** The option {@code --kernels} of all commands that compute networks. */
public final class KernelOption {
    @Option(
            names = "--kernels",
            paramLabel = "auto|onednn|stock",
            defaultValue = "auto",
            description = "what computes the network: oneDNN, Deeplearning4j's own kernels, or whichever works")
    private KernelChoice choice = KernelChoice.AUTO;

    /** What was asked for, after parsing. */
    public KernelChoice choice() {
        return choice;
    }
}
