package io.residual.evaluation.metrics;

import java.util.Arrays;
import java.util.List;

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

    /**
     * The outputs of several networks for the same examples as those of one, whose probabilities are the means of theirs and
     * whose energy is the mean of theirs.
     *
     * @param outputs at least one, each [examples, classes]
     */
    public static float[][] ofMeanProbabilities(List<float[][]> outputs) {
        float[][] mean = new float[outputs.get(0).length][];
        for (int i = 0; i < mean.length; i++) {
            int example = i;
            mean[i] = ofMean(outputs.stream().map(each -> each[example]).toList());
        }
        return mean;
    }

    private static float[] ofMean(List<float[]> rows) {
        double[] partitions = rows.stream().mapToDouble(Logits::logSumExp).toArray();
        double meanPartition = Arrays.stream(partitions).average().orElseThrow();
        float[] mean = new float[rows.get(0).length];
        for (int c = 0; c < mean.length; c++) {
            double[] logProbabilities = new double[partitions.length];
            for (int k = 0; k < partitions.length; k++) {
                logProbabilities[k] = rows.get(k)[c] - partitions[k];
            }
            mean[c] = (float) (logSumExp(logProbabilities) - Math.log(partitions.length) + meanPartition);
        }
        return mean;
    }

    private static double logSumExp(float[] logits) {
        double[] values = new double[logits.length];
        for (int c = 0; c < values.length; c++) {
            values[c] = logits[c];
        }
        return logSumExp(values);
    }

    private static double logSumExp(double[] values) {
        double highest = Double.NEGATIVE_INFINITY;
        for (double value : values) {
            highest = Math.max(highest, value);
        }
        double sum = 0;
        for (double value : values) {
            sum += Math.exp(value - highest);
        }
        return highest + Math.log(sum);
    }
}
