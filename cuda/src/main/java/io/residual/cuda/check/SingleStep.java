package io.residual.cuda.check;

import io.residual.cuda.device.Device;
import io.residual.cuda.device.Format;
import io.residual.cuda.step.DeviceTraining;
import io.residual.cuda.step.StepRates;
import io.residual.cuda.step.UpdateRule;
import io.residual.program.Program;
import io.residual.program.Program.Value;
import java.nio.ByteBuffer;
import java.util.Map;

/**
 * What a step of one batch finds whose rate is 0.
 *
 * @param loss mean over the images, in nats
 * @param gradient of the images' summed loss, by parameter
 * @param parameters after the step: running statistics have followed the batch
 */
public record SingleStep(double loss, Map<String, float[]> gradient, Map<String, float[]> parameters) {
    /**
     * Takes the step.
     *
     * @param pixels [N, channels, height, width]
     * @param labels distributions over the classes, [N, classes]
     */
    public static SingleStep of(
            Device device,
            Program program,
            Format format,
            Map<String, float[]> parameters,
            float[] pixels,
            float[] labels) {
        Value value = program.value(program.input());
        int images = pixels.length / value.size();
        ByteBuffer input = format.buffer(channelsLast(value, pixels));
        ByteBuffer targets = Format.F32.buffer(labels);
        long from = device.allocate(input.capacity());
        long distributions = device.allocate(targets.capacity());
        device.upload(input, from);
        device.upload(targets, distributions);
        try (DeviceTraining training =
                new DeviceTraining(device, program, format, UpdateRule.PLAIN, 1, (toImages, toLabels, count, step) -> {
                    device.copy(from, toImages, input.capacity());
                    device.copy(distributions, toLabels, targets.capacity());
                })) {
            training.setParameters(parameters);
            training.beginEpoch(new StepRates(0, 1, 0, 0));
            double loss = training.steps(0, 1, images).losses()[0] / images;
            return new SingleStep(loss, training.gradient(), training.parameters());
        } finally {
            device.free(from);
            device.free(distributions);
        }
    }

    private static float[] channelsLast(Value value, float[] pixels) {
        float[] result = new float[pixels.length];
        for (int i = 0; i < pixels.length; i++) {
            int position = i % value.positions();
            int channel = i / value.positions() % value.channels();
            int image = i / value.size();
            result[(image * value.positions() + position) * value.channels() + channel] = pixels[i];
        }
        return result;
    }
}
