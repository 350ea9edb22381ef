package io.residual.evaluation.metrics;

/**
 * Makes a classifier more or less sure of itself without changing what it predicts: the logits are divided by a temperature
 * (C. Guo et al., <i>On Calibration of Modern Neural Networks</i>, 2017, section 4.2). As logits it takes the logarithms of
 * the probabilities, which differ from them by a constant for each example only; a probability below 2^-52 counts as 2^-52.
 *
 * @param value above 0; above 1 makes less sure
 */
public record Temperature(double value) {
    /** Bounds of the search, as inverse temperatures. */
    private static final double MAX_INVERSE = 100;

    private static final double MIN_INVERSE = 0.01;
    /** Halvings that leave an interval below the precision of a double. */
    private static final int HALVINGS = 60;

    public Temperature {
        if (!(value > 0 && Double.isFinite(value))) {
            throw new IllegalArgumentException("a temperature must be above 0 and finite, found " + value);
        }
    }

    /**
     * Returns the temperature of the lowest cross entropy, from 0.01 to 100. The cross entropy is convex in the inverse
     * temperature, so bisecting its slope finds the only minimum.
     *
     * @param probabilities of examples that the network was not trained on and that the result is not reported on
     */
    public static Temperature fit(Scores probabilities) {
        double[][] logits = logits(probabilities);
        double hot = MIN_INVERSE;
        double cold = MAX_INVERSE;
        for (int i = 0; i < HALVINGS; i++) {
            double middle = Math.sqrt(hot * cold);
            if (slope(logits, probabilities, middle) < 0) {
                hot = middle;
            } else {
                cold = middle;
            }
        }
        return new Temperature(1 / Math.sqrt(hot * cold));
    }

    private static double[][] logits(Scores probabilities) {
        double[][] logits = new double[probabilities.examples()][];
        for (int i = 0; i < logits.length; i++) {
            probabilities.requireDistribution(i);
            logits[i] = logits(probabilities.row(i));
        }
        return logits;
    }

    private static double[] logits(float[] probabilities) {
        double[] logits = new double[probabilities.length];
        for (int c = 0; c < logits.length; c++) {
            logits[c] = Math.log(Math.max(probabilities[c], Scores.MIN_PROBABILITY));
        }
        return logits;
    }

    /** Slope of the summed cross entropy by the inverse temperature: the mean logit minus that of the true class. */
    private static double slope(double[][] logits, Scores probabilities, double inverse) {
        double sum = 0;
        for (int i = 0; i < logits.length; i++) {
            double[] softmax = softmax(logits[i], inverse);
            for (int c = 0; c < softmax.length; c++) {
                sum += softmax[c] * logits[i][c];
            }
            sum -= logits[i][probabilities.label(i)];
        }
        return sum;
    }

    private static double[] softmax(double[] logits, double inverse) {
        double highest = Double.NEGATIVE_INFINITY;
        for (double logit : logits) {
            highest = Math.max(highest, logit);
        }
        double[] softmax = new double[logits.length];
        double partition = 0;
        for (int c = 0; c < logits.length; c++) {
            softmax[c] = Math.exp((logits[c] - highest) * inverse);
            partition += softmax[c];
        }
        for (int c = 0; c < logits.length; c++) {
            softmax[c] /= partition;
        }
        return softmax;
    }

    /** The probabilities at this temperature. */
    public Scores apply(Scores probabilities) {
        float[][] scaled = new float[probabilities.examples()][];
        for (int i = 0; i < scaled.length; i++) {
            probabilities.requireDistribution(i);
            scaled[i] = apply(probabilities.row(i));
        }
        return Scores.of(scaled, probabilities.labels());
    }

    /** The same for the probabilities of one example. */
    public float[] apply(float[] probabilities) {
        double[] softmax = softmax(logits(probabilities), 1 / value);
        float[] scaled = new float[softmax.length];
        for (int c = 0; c < softmax.length; c++) {
            scaled[c] = (float) softmax[c];
        }
        return scaled;
    }
}
