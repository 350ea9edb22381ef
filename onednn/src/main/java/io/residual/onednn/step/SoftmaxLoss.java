package io.residual.onednn.step;

/** Softmax cross entropy of images, in double precision. */
final class SoftmaxLoss {
    private SoftmaxLoss() {}

    /**
     * Replaces logits by the gradient of the summed loss.
     *
     * @param numbers logits, [images, classes]
     * @param labels distributions over the classes, of which those of the images begin at {@code from}
     * @param exponentials of as many numbers as classes
     * @param hits the images whose largest logit is that of their largest label are counted at {@code part}
     * @return the sum of the images' losses, in nats
     */
    static double loss(float[] numbers, float[] labels, int from, double[] exponentials, long[] hits, int part) {
        int classes = exponentials.length;
        double loss = 0;
        long right = 0;
        for (int at = 0; at < numbers.length; at += classes) {
            int predicted = largest(numbers, at, classes);
            right += predicted == largest(labels, from + at, classes) ? 1 : 0;
            double most = numbers[at + predicted];
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
        hits[part] = right;
        return loss;
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
