package io.residual.evaluation.metrics;

/** What the outputs of a network before its softmax, for one example, say. */
public final class Logits {
    private Logits() {}

    /** The probabilities of the classes. */
    public static float[] softmax(float[] logits) {
        double logPartition = logSumExp(logits);
        float[] probabilities = new float[logits.length];
        for (int c = 0; c < logits.length; c++) {
            probabilities[c] = (float) Math.exp(logits[c] - logPartition);
        }
        return probabilities;
    }

    /**
     * The energy, -ln sum exp(logit): the higher, the less an example resembles those of the training (W. Liu et al.,
     * <i>Energy-based Out-of-distribution Detection</i>, 2020, with temperature 1).
     */
    public static float energy(float[] logits) {
        return (float) -logSumExp(logits);
    }

    private static double logSumExp(float[] logits) {
        double highest = Double.NEGATIVE_INFINITY;
        for (float logit : logits) {
            highest = Math.max(highest, logit);
        }
        double sum = 0;
        for (float logit : logits) {
            sum += Math.exp(logit - highest);
        }
        return highest + Math.log(sum);
    }
}
