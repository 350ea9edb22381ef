package io.residual.evaluation.cli;

import java.util.OptionalDouble;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** How sure a prediction must be, a group of a command's help. */
public final class CertaintyOptions {
    /** The heading of the group. */
    public static final String HEADING = "%nCertainty:%n";

    @Option(
            names = "--coverage",
            paramLabel = "SHARE",
            description =
                    "how often the prediction set includes the true class, such as 0.9; needs a run that evaluate has"
                            + " calibrated (default: 0.95, if it is)")
    private @Nullable Double coverage;

    @Option(
            names = "--abstain-below",
            paramLabel = "PROBABILITY",
            defaultValue = "0",
            description = "predict no class if the most likely one has a lower probability (default: ${DEFAULT-VALUE})")
    private double abstainBelow;

    /** The coverage that was asked for. */
    public OptionalDouble coverage() {
        return coverage == null ? OptionalDouble.empty() : OptionalDouble.of(coverage);
    }

    public double abstainBelow() {
        return abstainBelow;
    }
}
