package io.residual.evaluation.predict;

import io.residual.core.ResidualException;
import io.residual.evaluation.cli.CertaintyOptions;
import io.residual.evaluation.cli.InferenceOptions;
import io.residual.evaluation.cli.PictureLimitOptions;
import java.nio.file.Path;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Option;

/** The options of all commands that predict images with the model of a run, wherever the images are. */
public final class PredictOptions {
    @Option(
            names = "--run",
            paramLabel = "DIR",
            required = true,
            description = "directory of the run, or of an ensemble")
    private @Nullable Path run;

    @Option(
            names = "--invert",
            paramLabel = "no|yes|auto",
            defaultValue = "no",
            description =
                    "invert images before the prediction; auto inverts those with a light background, for networks"
                            + " that were trained on a dark one (default: ${DEFAULT-VALUE})")
    private InvertMode inversion = InvertMode.NO;

    @ArgGroup(validate = false, heading = InferenceOptions.HEADING)
    private InferenceOptions model = new InferenceOptions();

    @ArgGroup(validate = false, heading = CertaintyOptions.HEADING)
    private CertaintyOptions certainty = new CertaintyOptions();

    @ArgGroup(validate = false, heading = PictureLimitOptions.HEADING)
    private PictureLimitOptions limits = new PictureLimitOptions();

    /** The directory of the run. */
    public Path run() {
        return Objects.requireNonNull(run);
    }

    /**
     * How its model classifies.
     *
     * @throws ResidualException of kind BAD_SETTING if a value is out of range
     */
    public ClassifierOptions classifier() {
        return ClassifierOptions.DEFAULT
                .withCheckpoint(model.choice())
                .withInference(model.inference())
                .withInversion(inversion)
                .withCoverage(certainty.coverage())
                .withAbstainBelow(certainty.abstainBelow())
                .withLimits(limits.limits());
    }
}
