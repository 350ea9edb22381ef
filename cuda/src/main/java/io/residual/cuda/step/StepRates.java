package io.residual.cuda.step;

import java.nio.ByteBuffer;

/**
 * What changes from step to step.
 *
 * @param rate the learning rate
 * @param scale factor on the gradient of the batch's summed loss
 * @param average weight of the average's own value as it takes in the parameters
 * @param update steps of the run before this one
 */
public record StepRates(double rate, double scale, double average, long update) {
    private static final double BETA_1 = 0.9;
    private static final double BETA_2 = 0.999;

    void write(ByteBuffer to, int at) {
        to.putFloat(at, (float) rate);
        to.putFloat(at + Float.BYTES, (float) scale);
        to.putFloat(at + 2 * Float.BYTES, (float) average);
        to.putFloat(at + 3 * Float.BYTES, (float) (1 / (1 - Math.pow(BETA_1, update + 1.0))));
        to.putFloat(at + 4 * Float.BYTES, (float) (1 / (1 - Math.pow(BETA_2, update + 1.0))));
    }
}
