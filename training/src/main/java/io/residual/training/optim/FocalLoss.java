package io.residual.training.optim;

import io.residual.training.network.BatchGradient;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.nd4j.common.primitives.Pair;
import org.nd4j.linalg.activations.IActivation;
import org.nd4j.linalg.activations.impl.ActivationSoftmax;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.lossfunctions.ILossFunction;

/**
 * The focal loss of Lin et al. 2017 over a softmax: -sum(label * (1 - p)^gamma * ln p) of logits [N, classes]. The labels of
 * an image need not sum to 1, which Deeplearning4j's cross entropy demands; with gamma 0 this is that.
 *
 * @param gamma at least 0
 */
public record FocalLoss(double gamma) implements ILossFunction {
    private static final long serialVersionUID = 1;

    /** Logarithms of the probabilities of a row, exact also where one is close to 1. */
    private static double[] logProbabilities(float[] logits) {
        int best = 0;
        for (int c = 1; c < logits.length; c++) {
            best = logits[c] > logits[best] ? c : best;
        }
        double others = 0;
        for (int c = 0; c < logits.length; c++) {
            others += c == best ? 0 : Math.exp((double) logits[c] - logits[best]);
        }
        double[] logs = new double[logits.length];
        for (int c = 0; c < logits.length; c++) {
            logs[c] = (double) logits[c] - logits[best] - Math.log1p(others);
        }
        return logs;
    }

    /** (1 - p)^power. */
    private static double rest(double log, double power) {
        return power == 0 ? 1 : Math.pow(-Math.expm1(log), power);
    }

    private double loss(float[] labels, float[] logits) {
        double[] logs = logProbabilities(logits);
        double sum = 0;
        for (int c = 0; c < logs.length; c++) {
            // A label of 0 counts nothing, however unlikely its class.
            sum -= labels[c] == 0 ? 0 : labels[c] * rest(logs[c], gamma) * logs[c];
        }
        return sum;
    }

    /** By the logits, in the place of the logits. */
    private void gradient(float[] labels, float[] logits) {
        double[] logs = logProbabilities(logits);
        double[] byLog = new double[logs.length];
        double sum = 0;
        for (int c = 0; c < logs.length; c++) {
            byLog[c] = labels[c] == 0 ? 0 : labels[c] * derivative(logs[c]);
            sum += byLog[c];
        }
        for (int c = 0; c < logs.length; c++) {
            logits[c] = (float) (byLog[c] - Math.exp(logs[c]) * sum);
        }
    }

    /** Of -(1 - p)^gamma ln p by ln p. */
    private double derivative(double log) {
        // At p = 1 to rounding both terms are 0, but for the -1 of cross entropy.
        double slope = gamma == 0 || log == 0 ? 0 : gamma * Math.exp(log) * rest(log, gamma - 1) * log;
        return slope - rest(log, gamma);
    }

    /**
     * This loss of labels times weights, for compiled steps.
     *
     * @param weights of the classes, above 0
     */
    public BatchGradient.Loss weighted(double... weights) {
        return (logits, labels, from, classes) -> {
            double sum = 0;
            float[] targets = new float[classes];
            for (int at = 0; at < logits.length; at += classes) {
                float[] row = Arrays.copyOfRange(logits, at, at + classes);
                for (int c = 0; c < classes; c++) {
                    targets[c] = (float) (labels[from + at + c] * weights[c]);
                }
                sum += loss(targets, row);
                gradient(targets, row);
                System.arraycopy(row, 0, logits, at, classes);
            }
            return sum;
        };
    }

    @Override
    public double computeScore(
            INDArray labels, INDArray logits, IActivation activation, @Nullable INDArray mask, boolean average) {
        double sum =
                computeScoreArray(labels, logits, activation, mask).sumNumber().doubleValue();
        return average ? sum / labels.size(0) : sum;
    }

    @Override
    public INDArray computeScoreArray(
            INDArray labels, INDArray logits, IActivation activation, @Nullable INDArray mask) {
        requireSoftmax(activation);
        float[][] targets = labels.toFloatMatrix();
        float[][] rows = logits.toFloatMatrix();
        double[] losses = new double[rows.length];
        for (int i = 0; i < rows.length; i++) {
            losses[i] = loss(targets[i], rows[i]);
        }
        return Nd4j.createFromArray(losses);
    }

    @Override
    public INDArray computeGradient(INDArray labels, INDArray logits, IActivation activation, @Nullable INDArray mask) {
        requireSoftmax(activation);
        float[][] targets = labels.toFloatMatrix();
        float[][] rows = logits.toFloatMatrix();
        for (int i = 0; i < rows.length; i++) {
            gradient(targets[i], rows[i]);
        }
        return Nd4j.createFromArray(rows);
    }

    @Override
    public Pair<Double, INDArray> computeGradientAndScore(
            INDArray labels, INDArray logits, IActivation activation, @Nullable INDArray mask, boolean average) {
        return new Pair<>(
                computeScore(labels, logits, activation, mask, average),
                computeGradient(labels, logits, activation, mask));
    }

    private static void requireSoftmax(IActivation activation) {
        if (!(activation instanceof ActivationSoftmax)) {
            throw new IllegalArgumentException("the focal loss is that of a softmax, not of " + activation);
        }
    }

    @Override
    public String name() {
        return "FocalLoss(" + gamma + ")";
    }
}
