package io.residual.evaluation.predict;

import io.residual.data.picture.PictureLimits;
import io.residual.evaluation.model.ModelChoice;
import io.residual.training.network.KernelChoice;

/**
 * Options of a {@link Classifier}.
 *
 * @param checkpoint which of the run's weights
 * @param kernels to run it on
 * @param inversion whether images are inverted first, if a call does not say
 * @param limits of image files
 * @param maxBatchSize maximum number of images computed together, at least 1; rounded down to a power of two
 * @param maxQueueSize maximum number of images that wait, at least 1
 */
public record ClassifierOptions(
        ModelChoice checkpoint,
        KernelChoice kernels,
        InvertMode inversion,
        PictureLimits limits,
        int maxBatchSize,
        int maxQueueSize) {
    /** The last model, on the best available kernels, without inversion, at most 64 images in a batch and 256 waiting. */
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
}
