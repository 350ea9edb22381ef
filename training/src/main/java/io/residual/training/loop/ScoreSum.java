package io.residual.training.loop;

import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Loss and hits added up over batches of any size; every image weighs the same.
 *
 * @param loss sum over the images, in nats, finite
 * @param hits images whose most probable class is the right one
 * @param images that were added
 */
public record ScoreSum(double loss, long hits, long images) {
    public static final ScoreSum NONE = new ScoreSum(0, 0, 0);

    public ScoreSum {
        if (!(hits >= 0 && hits <= images)) {
            throw new IllegalArgumentException("hits must be from 0 to " + images + " images, got " + hits);
        }
        if (!Double.isFinite(loss)) {
            throw new IllegalArgumentException("loss must be finite, got " + loss);
        }
    }

    /**
     * This and a batch.
     *
     * @param meanLoss of the batch
     * @param hits images whose most probable class is the right one
     * @param count images of the batch
     */
    public ScoreSum plus(double meanLoss, long hits, long count) {
        return new ScoreSum(this.loss + meanLoss * count, this.hits + hits, images + count);
    }

    /** Mean cross entropy, in nats; NaN of no images. */
    public double meanLoss() {
        return loss / images;
    }

    /** Share of images whose most probable class is the right one, in [0, 1]; NaN of no images. */
    public double accuracy() {
        return (double) hits / images;
    }

    /**
     * Images whose highest score is that of the right class.
     *
     * @param scores logits or probabilities, [N, classes]
     * @param labels one-hot, [N, classes]
     */
    static long hits(INDArray scores, INDArray labels) {
        long[] predicted = scores.argMax(1).toLongVector();
        long[] actual = labels.argMax(1).toLongVector();
        long hits = 0;
        for (int i = 0; i < predicted.length; i++) {
            hits += predicted[i] == actual[i] ? 1 : 0;
        }
        return hits;
    }
}
