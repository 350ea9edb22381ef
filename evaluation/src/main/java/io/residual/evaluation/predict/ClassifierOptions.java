package io.residual.evaluation.predict;

import io.residual.data.picture.PictureLimits;
import io.residual.evaluation.model.ModelChoice;
import io.residual.training.network.KernelChoice;

/**
 * How a {@link Classifier} works.
 *
 * @param checkpoint which of the run's models
 * @param kernels what computes it
 * @param inversion whether pictures are turned into their negative first, where a call does not say
 * @param limits of picture files
 * @param mostPerBatch most images computed together, at least 1; rounded down to a power of two
 * @param mostWaiting most images that wait, at least 1
 */
public record ClassifierOptions(
        ModelChoice checkpoint,
        KernelChoice kernels,
        InvertMode inversion,
        PictureLimits limits,
        int mostPerBatch,
        int mostWaiting) {
    /** The last model, on the kernels that work, pictures as they are, at most 64 in a batch and 256 waiting. */
    public static final ClassifierOptions DEFAULT =
            new ClassifierOptions(ModelChoice.last(), KernelChoice.AUTO, InvertMode.NO, PictureLimits.DEFAULT, 64, 256);

    public ClassifierOptions {
        if (!(mostPerBatch >= 1 && mostWaiting >= 1)) {
            throw new IllegalArgumentException(
                    "a batch and the queue hold at least 1, got " + mostPerBatch + " and " + mostWaiting);
        }
    }

    public ClassifierOptions withCheckpoint(ModelChoice choice) {
        return new ClassifierOptions(choice, kernels, inversion, limits, mostPerBatch, mostWaiting);
    }

    public ClassifierOptions withKernels(KernelChoice choice) {
        return new ClassifierOptions(checkpoint, choice, inversion, limits, mostPerBatch, mostWaiting);
    }

    public ClassifierOptions withInversion(InvertMode choice) {
        return new ClassifierOptions(checkpoint, kernels, choice, limits, mostPerBatch, mostWaiting);
    }

    public ClassifierOptions withLimits(PictureLimits choice) {
        return new ClassifierOptions(checkpoint, kernels, inversion, choice, mostPerBatch, mostWaiting);
    }

    public ClassifierOptions withMostWaiting(int count) {
        return new ClassifierOptions(checkpoint, kernels, inversion, limits, mostPerBatch, count);
    }
}
