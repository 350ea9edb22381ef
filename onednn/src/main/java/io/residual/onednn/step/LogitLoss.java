package io.residual.onednn.step;

/** A loss of logits, computed from several threads at once. */
@FunctionalInterface
public interface LogitLoss {
    /** Cross entropy of a softmax, in double precision; the labels of an image need not sum to 1. */
    LogitLoss CROSS_ENTROPY = LogitLoss::crossEntropy;

    /**
     * Replaces logits by the gradient of the summed loss.
     *
     * @param logits [images, classes], behind one another
     * @param labels of a batch, distributions over the classes, of which those of the images begin at {@code from}
     * @param classes how many
     * @return the sum of the images' losses, in nats
     */
    double replace(float[] logits, float[] labels, int from, int classes);

    private static double crossEntropy(float[] numbers, float[] labels, int from, int classes) {
        double[] exponentials = new double[classes];
        double loss = 0;
        for (int at = 0; at < numbers.length; at += classes) {
            double most = numbers[at + largest(numbers, at, classes)];
            double sum = 0;
            double shares = 0;
            for (int c = 0; c < classes; c++) {
                exponentials[c] = Math.exp(numbers[at + c] - most);
                sum += exponentials[c];
                shares += labels[from + at + c];
            }
            double logSum = Math.log(sum);
            for (int c = 0; c < classes; c++) {
                double label = labels[from + at + c];
                if (label != 0) {
                    loss -= label * (numbers[at + c] - most - logSum);
                }
                numbers[at + c] = (float) (exponentials[c] / sum * shares - label);
            }
        }
        return loss;
    }

    /** How many images have their largest logit where their largest label is. */
    static long hits(float[] logits, float[] labels, int from, int classes) {
        long hits = 0;
        for (int at = 0; at < logits.length; at += classes) {
            hits += largest(logits, at, classes) == largest(labels, from + at, classes) ? 1 : 0;
        }
        return hits;
    }

    private static int largest(float[] numbers, int from, int count) {
        int largest = 0;
        for (int i = 1; i < count; i++) {
            if (numbers[from + i] > numbers[from + largest]) {
                largest = i;
            }
        }
        return largest;
    }
}
