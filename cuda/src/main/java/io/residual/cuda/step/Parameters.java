package io.residual.cuda.step;

import io.residual.cuda.device.Device;
import io.residual.cuda.device.Format;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;

/** Arrays on the device with a number for each parameter, and what is computed from them. */
final class Parameters implements AutoCloseable {
    private final Device device;
    private final ParameterLayout layout;
    private final Format format;
    private final long values;
    private final long gradient;
    /** Of convolutions, as they are multiplied: the values themselves, unless the format is another. */
    private final long weights;

    private final long weightGradient;

    Parameters(Device device, WideInput input, Format format) {
        this.device = device;
        this.layout = new ParameterLayout(input);
        this.format = format;
        this.values = device.allocate(layout.end() * Float.BYTES);
        this.gradient = device.allocate(layout.end() * Float.BYTES);
        boolean own = format == Format.BF16;
        this.weights = own ? device.allocate(layout.convolutionEnd() * format.bytes()) : values;
        this.weightGradient = own ? device.allocate(layout.convolutionEnd() * format.bytes()) : gradient;
    }

    ParameterLayout layout() {
        return layout;
    }

    /** The address of a parameter. */
    long value(String name) {
        return values + layout.part(name).from() * Float.BYTES;
    }

    /** The address of a parameter's gradient, but for weights of convolutions. */
    long gradient(String name) {
        return gradient + layout.part(name).from() * Float.BYTES;
    }

    /** The address of a convolution's weights, in the format. */
    long weights(String name) {
        return weights + layout.part(name).from() * format.bytes();
    }

    /** The address of the gradient of a convolution's weights, in the format. */
    long weightGradient(String name) {
        return weightGradient + layout.part(name).from() * format.bytes();
    }

    long values() {
        return values;
    }

    long gradients() {
        return gradient;
    }

    long weights() {
        return weights;
    }

    long weightGradients() {
        return weightGradient;
    }

    /** A new array of zeros with a place for each parameter. */
    long allocate() {
        return device.allocate(layout.end() * Float.BYTES);
    }

    /** Reads an array by parameter, each in Deeplearning4j's order. */
    Map<String, float[]> read(long array) {
        float[] numbers = numbers(array);
        Map<String, float[]> result = new LinkedHashMap<>();
        layout.parts().forEach(part -> result.put(part.name(), part.of(numbers)));
        return result;
    }

    private float[] numbers(long array) {
        ByteBuffer bytes = Device.buffer(layout.end() * Float.BYTES);
        device.download(array, bytes);
        float[] numbers = new float[Math.toIntExact(layout.end())];
        bytes.asFloatBuffer().get(numbers);
        return numbers;
    }

    /**
     * Sets all parameters, each in Deeplearning4j's order.
     *
     * @throws IllegalArgumentException if one is missing or of another length
     */
    void set(Map<String, float[]> from) {
        float[] numbers = numbers(from);
        device.upload(Format.F32.buffer(numbers), values);
        if (weights != values) {
            device.upload(format.buffer(Arrays.copyOf(numbers, Math.toIntExact(layout.convolutionEnd()))), weights);
        }
    }

    /**
     * Writes an array by parameter, each in Deeplearning4j's order.
     *
     * @throws IllegalArgumentException if one is missing or of another length
     */
    void write(Map<String, float[]> from, long array) {
        device.upload(Format.F32.buffer(numbers(from)), array);
    }

    private float[] numbers(Map<String, float[]> from) {
        float[] numbers = new float[Math.toIntExact(layout.end())];
        for (ParameterLayout.Part part : layout.parts()) {
            float[] own = from.get(part.name());
            if (own == null || own.length != part.length()) {
                throw new IllegalArgumentException(part.name() + ": expected " + part.length() + " numbers, got "
                        + (own == null ? "none" : own.length));
            }
            part.write(own, numbers);
        }
        return numbers;
    }

    /** The gradient of the batch's summed loss, by parameter that has one, each in Deeplearning4j's order. */
    Map<String, float[]> readGradient() {
        float[] numbers = numbers(gradient);
        if (weightGradient != gradient) {
            ByteBuffer bytes = Device.buffer(layout.convolutionEnd() * format.bytes());
            device.download(weightGradient, bytes);
            for (int i = 0; i < layout.convolutionEnd(); i++) {
                numbers[i] = Float.intBitsToFloat(bytes.getShort(i * Short.BYTES) << Short.SIZE);
            }
        }
        Map<String, float[]> all = new LinkedHashMap<>();
        layout.parts().stream()
                .filter(part -> part.from() < layout.trainedEnd())
                .forEach(part -> all.put(part.name(), part.of(numbers)));
        return all;
    }

    @Override
    public void close() {
        device.free(values);
        device.free(gradient);
        if (weights != values) {
            device.free(weights);
            device.free(weightGradient);
        }
    }
}
