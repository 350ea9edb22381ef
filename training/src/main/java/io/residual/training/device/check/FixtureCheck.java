package io.residual.training.device.check;

import io.residual.cuda.check.Fixture;
import io.residual.cuda.device.Device;
import io.residual.cuda.device.Format;
import io.residual.cuda.step.DeviceTraining;
import io.residual.cuda.step.StepRates;
import io.residual.cuda.step.UpdateRule;
import io.residual.program.Program.Value;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
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
        ByteBuffer pixels = pixels(fixture, format);
        ByteBuffer targets = targets(fixture);
        long images = device.allocate(pixels.capacity());
        long distributions = device.allocate(targets.capacity());
        device.upload(pixels, images);
        device.upload(targets, distributions);
        Map<String, float[]> parameters = new HashMap<>();
        for (String name : fixture.parameters()) {
            parameters.put(name, fixture.parameter(name));
        }
        try (DeviceTraining training = new DeviceTraining(
                device, fixture.program(), format, UpdateRule.PLAIN, 1, (toImages, toLabels, count, step) -> {
                    device.copy(images, toImages, pixels.capacity());
                    device.copy(distributions, toLabels, targets.capacity());
                })) {
            training.setParameters(parameters);
            training.beginEpoch(new StepRates(0, 1, 0, 0));
            double loss = training.steps(0, 1, labels.length).losses()[0] / labels.length;
            Map<String, Double> errors = new TreeMap<>();
            errors.put(LOSS, Math.abs(loss - fixture.loss()) / fixture.loss());
            for (Map.Entry<String, float[]> entry : training.gradient().entrySet()) {
                if (fixture.hasGradient(entry.getKey())) {
                    errors.put(
                            entry.getKey(), error(entry.getValue(), fixture.gradient(entry.getKey()), labels.length));
                }
            }
            return errors;
        } finally {
            device.free(images);
            device.free(distributions);
        }
    }

    /** [images, height, width, channels] in a format. */
    private static ByteBuffer pixels(Fixture fixture, Format format) throws IOException {
        Value value = fixture.program().value(fixture.program().input());
        float[] input = fixture.input();
        ByteBuffer pixels =
                ByteBuffer.allocateDirect(input.length * format.bytes()).order(ByteOrder.nativeOrder());
        for (int i = 0; i < input.length; i++) {
            int channel = i % value.channels();
            int position = i / value.channels() % value.positions();
            float number = input[(i / value.size() * value.channels() + channel) * value.positions() + position];
            if (format == Format.BF16) {
                int bits = Float.floatToRawIntBits(number);
                pixels.putShort((short) ((bits + 0x7fff + (bits >>> 16 & 1)) >>> 16));
            } else {
                pixels.putFloat(number);
            }
        }
        return pixels.flip();
    }

    /** [images, classes]. */
    private static ByteBuffer targets(Fixture fixture) throws IOException {
        int[] labels = fixture.labels();
        int classes = fixture.program().value(fixture.program().logits()).channels();
        ByteBuffer targets =
                ByteBuffer.allocateDirect(labels.length * classes * Float.BYTES).order(ByteOrder.nativeOrder());
        for (int i = 0; i < labels.length; i++) {
            targets.putFloat((i * classes + labels[i]) * Float.BYTES, 1);
        }
        return targets;
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
