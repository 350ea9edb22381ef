package io.residual.evaluation.predict;

import io.residual.core.ResidualException;
import io.residual.core.ResidualException.Kind;
import io.residual.data.picture.PictureLimits;
import io.residual.evaluation.model.ModelChoice;
import io.residual.training.device.InferenceChoice;
import java.util.OptionalDouble;

/**
 * Options of a {@link Classifier}.
 *
 * @param checkpoint which of the run's weights
 * @param inference what it is computed on and in, if that is there
 * @param inversion whether images are inverted first, if a call does not say
 * @param limits of image files
 * @param coverage of prediction sets, in (0, 1); empty for 0.95 if the model has a calibration for that
 * @param abstainBelow lowest probability of a class that is predicted, in [0, 1]
 * @param maxBatchSize maximum number of images computed together, at least 1; rounded down to a power of two
 * @param maxQueueSize maximum number of images that wait, at least 1
 */
public record ClassifierOptions(
        ModelChoice checkpoint,
        InferenceChoice inference,
        InvertMode inversion,
        PictureLimits limits,
        OptionalDouble coverage,
        double abstainBelow,
        int maxBatchSize,
        int maxQueueSize) {
    /** The last model, on the best available kernels, in 32-bit floats, without inversion, at most 64 images in a batch and 256 waiting. */
    public static final ClassifierOptions DEFAULT = new ClassifierOptions(
            ModelChoice.last(),
            InferenceChoice.DEFAULT,
            InvertMode.NO,
            PictureLimits.DEFAULT,
            OptionalDouble.empty(),
            0,
            64,
            256);

    public ClassifierOptions {
        if (!(maxBatchSize >= 1 && maxQueueSize >= 1)) {
            throw new IllegalArgumentException(
                    "a batch and the queue hold at least 1, got " + maxBatchSize + " and " + maxQueueSize);
        }
        if (!(coverage.isEmpty() || (coverage.getAsDouble() > 0 && coverage.getAsDouble() < 1))) {
            throw new ResidualException(
                    Kind.BAD_SETTING, "coverage: must be above 0 and below 1, got " + coverage.getAsDouble());
        }
        if (!(abstainBelow >= 0 && abstainBelow <= 1)) {
            throw new ResidualException(
                    Kind.BAD_SETTING, "abstainBelow: a probability must be from 0 to 1, got " + abstainBelow);
        }
    }

    public ClassifierOptions withCheckpoint(ModelChoice choice) {
        return new ClassifierOptions(
                choice, inference, inversion, limits, coverage, abstainBelow, maxBatchSize, maxQueueSize);
    }

    public ClassifierOptions withInference(InferenceChoice choice) {
        return new ClassifierOptions(
                checkpoint, choice, inversion, limits, coverage, abstainBelow, maxBatchSize, maxQueueSize);
    }

    public ClassifierOptions withInversion(InvertMode choice) {
        return new ClassifierOptions(
                checkpoint, inference, choice, limits, coverage, abstainBelow, maxBatchSize, maxQueueSize);
    }

    public ClassifierOptions withLimits(PictureLimits choice) {
        return new ClassifierOptions(
                checkpoint, inference, inversion, choice, coverage, abstainBelow, maxBatchSize, maxQueueSize);
    }

    /** With sets that include the true class this often, which need a calibration of the model. */
    public ClassifierOptions withCoverage(OptionalDouble share) {
        return new ClassifierOptions(
                checkpoint, inference, inversion, limits, share, abstainBelow, maxBatchSize, maxQueueSize);
    }

    public ClassifierOptions withAbstainBelow(double probability) {
        return new ClassifierOptions(
                checkpoint, inference, inversion, limits, coverage, probability, maxBatchSize, maxQueueSize);
    }
}
