package io.residual.training.fit;

import org.nd4j.linalg.api.ndarray.INDArray;

/** Adds up loss and hits over batches of any size; every image weighs the same. */
public final class ScoreSum {
    private double loss;
    private long hits;
    private long images;

    /**
     * Adds a batch.
     *
     * @param meanLoss of the batch
     * @param hits images whose most probable class is the right one
     * @param count images of the batch
     */
    public void add(double meanLoss, long hits, long count) {
        this.loss += meanLoss * count;
        this.hits += hits;
        this.images += count;
    }

    /** The mean so far; at least one batch must have been added. */
    public Score mean() {
        return new Score(loss / images, (double) hits / images, images);
    }

    /** Images so far. */
    public long images() {
        return images;
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
