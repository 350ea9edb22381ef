package io.residual.training.loop;

import io.residual.core.ResidualException;
import io.residual.core.ResidualException.Kind;
import io.residual.data.Batch;
import io.residual.data.ImageBatches;
import io.residual.data.ImageSet;
import io.residual.data.Prefetch;
import io.residual.training.metrics.ConfusionMatrix;
import io.residual.training.network.Predictor;
import java.util.Arrays;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;

/** Runs a trained network over images, in inference mode. */
public final class Inference {
    private static final int BATCHES_AHEAD = 2;
    /** A probability that rounded to zero has this one's logarithm, as in scikit-learn's {@code log_loss}: 2^-52. */
    private static final double MIN_PROBABILITY = 0x1p-52;

    private Inference() {}

    /**
     * Class probabilities of one epoch's images in the batches' order, [images, classes].
     *
     * @param network in inference mode
     * @param batches at the start of an epoch
     */
    public static float[][] probabilities(Predictor network, ImageBatches batches) {
        return probabilities(network, batches, () -> false).orElseThrow();
    }

    /**
     * Mean cross entropy, accuracy and predictions of all images of a set.
     *
     * @param batches of the images, in their order
     * @param stop asked before every batch
     * @return nothing if it was stopped
     * @throws ResidualException of kind DIVERGED if a probability is not a number: weights that are finite can be too large
     */
    static Optional<Validation> score(
            StepExecutor network, ImageBatches batches, ImageSet images, BooleanSupplier stop) {
        return network.probabilities(batches.epoch(0), stop).map(all -> {
            for (float[] row : all) {
                if (Float.isNaN(row[0])) {
                    throw new ResidualException(
                            Kind.DIVERGED, "the network's probabilities became NaN: lower the learning rate");
                }
            }
            return new Validation(score(all, images), confusion(all, images));
        });
    }

    /** Scores of images, and how often each class was predicted as each. */
    record Validation(ScoreSum score, ConfusionMatrix confusion) {}

    static Optional<float[][]> probabilities(Predictor network, ImageBatches batches, BooleanSupplier stop) {
        float[][] all = new float[batches.imagesPerEpoch()][];
        int at = 0;
        try (Prefetch ahead = new Prefetch(batches, BATCHES_AHEAD)) {
            while (ahead.hasNext()) {
                if (stop.getAsBoolean()) {
                    return Optional.empty();
                }
                try (Batch batch = ahead.next()) {
                    for (float[] row : network.probabilities(batch.images()).toFloatMatrix()) {
                        all[at++] = row;
                    }
                }
            }
        }
        return Optional.of(all);
    }

    /**
     * Mean cross entropy and accuracy of probabilities.
     *
     * @param probabilities [images, classes], in the order of the images
     */
    public static ScoreSum score(float[][] probabilities, ImageSet images) {
        ScoreSum sum = ScoreSum.NONE;
        for (int i = 0; i < probabilities.length; i++) {
            float[] row = probabilities[i];
            int label = images.label(i);
            sum = sum.plus(-Math.log(Math.max(row[label], MIN_PROBABILITY)), highest(row) == label ? 1 : 0, 1);
        }
        return sum;
    }

    /**
     * How often each class was predicted as each.
     *
     * @param probabilities [images, classes], in the order of the images
     */
    public static ConfusionMatrix confusion(float[][] probabilities, ImageSet images) {
        return ConfusionMatrix.ofLabels(
                images.classNames().size(),
                IntStream.range(0, images.size()).map(images::label).toArray(),
                Arrays.stream(probabilities).mapToInt(Inference::highest).toArray());
    }

    /** Index of the highest value, the first of equals. */
    public static int highest(float[] values) {
        int best = 0;
        for (int i = 1; i < values.length; i++) {
            if (values[i] > values[best]) {
                best = i;
            }
        }
        return best;
    }
}
