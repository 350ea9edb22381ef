package io.residual.training.device.check;

import io.residual.cuda.check.Fixture;
import io.residual.cuda.check.SingleStep;
import io.residual.cuda.device.Device;
import io.residual.cuda.device.Format;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;

/** Compares a device's gradients with PyTorch's of double precision. */
final class FixtureCheck {
    private FixtureCheck() {}

    /** What errors call the loss. */
    static final String LOSS = "loss";

    /** Of each gradient, the largest error over the largest value; and the loss's, relative to it. */
    static Map<String, Double> errors(Device device, Fixture fixture, Format format) throws IOException {
        int[] labels = fixture.labels();
        int classes = fixture.program().value(fixture.program().logits()).channels();
        float[] targets = new float[labels.length * classes];
        for (int i = 0; i < labels.length; i++) {
            targets[i * classes + labels[i]] = 1;
        }
        Map<String, float[]> parameters = new HashMap<>();
        for (String name : fixture.parameters()) {
            parameters.put(name, fixture.parameter(name));
        }
        SingleStep step = SingleStep.of(device, fixture.program(), format, parameters, fixture.input(), targets);
        Map<String, Double> errors = new TreeMap<>();
        errors.put(LOSS, Math.abs(step.loss() - fixture.loss()) / fixture.loss());
        for (Map.Entry<String, float[]> entry : step.gradient().entrySet()) {
            if (fixture.hasGradient(entry.getKey())) {
                errors.put(entry.getKey(), error(entry.getValue(), fixture.gradient(entry.getKey()), labels.length));
            }
        }
        return errors;
    }

    private static double error(float[] sums, double[] wanted, int images) {
        double most = 0;
        double largest = 0;
        for (int i = 0; i < wanted.length; i++) {
            double difference = Math.abs(sums[i] / images - wanted[i]);
            most = difference > most || Double.isNaN(difference) ? difference : most;
            largest = Math.max(largest, Math.abs(wanted[i]));
        }
        return most / largest;
    }
}
