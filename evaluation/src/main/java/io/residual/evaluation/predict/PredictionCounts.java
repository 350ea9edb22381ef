package io.residual.evaluation.predict;

import io.residual.core.ResidualException.Kind;
import io.residual.evaluation.predict.PredictionQueue.Predicted;
import io.residual.evaluation.predict.PredictionQueue.Result;
import io.residual.training.cli.ExitStatus;
import java.io.PrintWriter;
import java.util.Locale;
import java.util.Optional;

/**
 * How many images were predicted.
 *
 * @param failed those that could not be read
 * @param withLightBackground of those predicted: without inversion, though they have a light background
 */
public record PredictionCounts(long predicted, long failed, long withLightBackground) {
    public static final PredictionCounts NONE = new PredictionCounts(0, 0, 0);

    /** These and one more. */
    public PredictionCounts plus(Result result) {
        return result instanceof Predicted image
                ? plus(new PredictionCounts(1, 0, image.lightBackground() ? 1 : 0))
                : plus(new PredictionCounts(0, 1, 0));
    }

    /** These and others. */
    public PredictionCounts plus(PredictionCounts others) {
        return new PredictionCounts(
                predicted + others.predicted, failed + others.failed, withLightBackground + others.withLightBackground);
    }

    /**
     * Writes what a user should know about them.
     *
     * @param limitation see {@link Classifier#limitation}
     * @return the exit status of a command that predicted them
     */
    public ExitStatus report(Optional<String> limitation, PrintWriter err) {
        if (predicted > 0) {
            limitation.ifPresent(text -> err.println("note: " + text));
        }
        if (withLightBackground > 0) {
            err.println(String.format(
                    Locale.ROOT,
                    "note: %,d of %,d have a light background: --invert auto inverts them, if the network was"
                            + " trained on a dark background like Fashion-MNIST's",
                    withLightBackground,
                    predicted));
        }
        if (failed == 0) {
            return ExitStatus.OK;
        }
        err.println(String.format(Locale.ROOT, "error: %,d of %,d could not be read", failed, failed + predicted));
        return ExitStatus.of(Kind.BAD_DATA);
    }
}
