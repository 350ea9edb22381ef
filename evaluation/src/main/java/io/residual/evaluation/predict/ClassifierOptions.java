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
 * @param maxBatchSize most images computed together, at least 1; rounded down to a power of two
 * @param maxQueueSize most images that wait, at least 1
 */
public record ClassifierOptions(
        ModelChoice checkpoint,
        KernelChoice kernels,
        InvertMode inversion,
        PictureLimits limits,
        int maxBatchSize,
        int maxQueueSize) {
    /** The last model, on the kernels that work, pictures as they are, at most 64 in a batch and 256 waiting. */
    public static final ClassifierOptions DEFAULT =
            new ClassifierOptions(ModelChoice.last(), KernelChoice.AUTO, InvertMode.NO, PictureLimits.DEFAULT, 64, 256);

    public ClassifierOptions {
        if (!(maxBatchSize >= 1 && maxQueueSize >= 1)) {
            throw new IllegalArgumentException(
                    "a batch and the queue hold at least 1, got " + maxBatchSize + " and " + maxQueueSize);
        }
    }

    public ClassifierOptions withCheckpoint(ModelChoice choice) {
        return new ClassifierOptions(choice, kernels, inversion, limits, maxBatchSize, maxQueueSize);
    }

    public ClassifierOptions withKernels(KernelChoice choice) {
        return new ClassifierOptions(checkpoint, choice, inversion, limits, maxBatchSize, maxQueueSize);
    }

    public ClassifierOptions withInversion(InvertMode choice) {
        return new ClassifierOptions(checkpoint, kernels, choice, limits, maxBatchSize, maxQueueSize);
    }

    public ClassifierOptions withLimits(PictureLimits choice) {
        return new ClassifierOptions(checkpoint, kernels, inversion, choice, maxBatchSize, maxQueueSize);
    }

    public ClassifierOptions withMaxQueueSize(int count) {
        return new ClassifierOptions(checkpoint, kernels, inversion, limits, maxBatchSize, count);
    }
}
