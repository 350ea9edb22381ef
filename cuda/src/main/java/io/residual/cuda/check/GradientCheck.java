package io.residual.cuda.check;

import io.residual.cuda.device.Device;
import io.residual.cuda.device.Format;
import io.residual.program.Interpreter;
import io.residual.program.Operation;
import io.residual.program.Operation.Convolve;
import io.residual.program.Operation.Normalize;
import io.residual.program.Program;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Compares a device's gradients of random batches with the interpreter's, which are of double precision. */
public final class GradientCheck {
    /** A gradient of less than this share of the largest is measured by that: what is left of a bias before a batch norm. */
    private static final double SMALL = 1e-3;

    private final Program program;
    private final Random random;
    private final Map<String, float[]> parameters = new HashMap<>();
    /** [N, channels, height, width]. */
    private final float[] pixels;

    private final float[] labels;

    private Interpreter.@Nullable Outcome exact;

    /**
     * How far a batch is off.
     *
     * @param loss of the mean loss, relative to it
     * @param tensors of each gradient and each running statistic: the largest error over the largest value
     */
    public record Errors(double loss, Map<String, Double> tensors) {
        /** The largest of the tensors. */
        public double worst() {
            return tensors.values().stream().mapToDouble(error -> error).max().orElse(0);
        }

        public double median() {
            double[] sorted = tensors.values().stream()
                    .mapToDouble(error -> error)
                    .sorted()
                    .toArray();
            return sorted[sorted.length / 2];
        }
    }

    /** Draws parameters, images and labels. */
    public GradientCheck(Program program, int images, long seed) {
        this.program = program;
        this.random = new Random(seed);
        for (Operation operation : program.operations()) {
            if (operation instanceof Convolve convolve) {
                drawWeights(convolve);
            } else if (operation instanceof Normalize normalize) {
                int channels = program.value(normalize.in()).channels();
                parameters.put(normalize.parameter("gamma"), drawn(channels, 1, 0.2));
                parameters.put(normalize.parameter("beta"), drawn(channels, 0, 0.2));
                parameters.put(normalize.parameter("mean"), drawn(channels, 0, 1));
                parameters.put(normalize.parameter("var"), drawn(channels, 5, 0.5));
            }
        }
        this.pixels = drawn(images * program.value(program.input()).size(), 0, 1);
        for (int i = 0; i < pixels.length; i++) {
            // The same number in every format.
            pixels[i] = Float.intBitsToFloat(Float.floatToIntBits(pixels[i]) & -1 << Short.SIZE);
        }
        int classes = program.value(program.logits()).channels();
        this.labels = new float[images * classes];
        for (int i = 0; i < images; i++) {
            labels[i * classes + random.nextInt(classes)] += 0.75f;
            labels[i * classes + random.nextInt(classes)] += 0.25f;
        }
    }

    private void drawWeights(Convolve convolve) {
        int taps = convolve.window().rows().size() * convolve.window().columns().size();
        int in = program.value(convolve.in()).channels();
        int out = program.value(convolve.out()).channels();
        parameters.put(convolve.weights(), drawn(out * in * taps, 0, Math.sqrt(2.0 / (in * taps))));
        if (convolve.biased()) {
            parameters.put(convolve.bias(), drawn(out, 0, 0.1));
        }
    }

    private float[] drawn(int count, double mean, double deviation) {
        float[] numbers = new float[count];
        for (int i = 0; i < count; i++) {
            numbers[i] = (float) (mean + deviation * random.nextGaussian());
        }
        return numbers;
    }

    /** Compares one step of a format. */
    public Errors run(Device device, Format format) {
        SingleStep step = SingleStep.of(device, program, format, parameters, pixels, labels);
        return errors(step.loss(), step.gradient(), step.parameters());
    }

    private Errors errors(double loss, Map<String, float[]> gradient, Map<String, float[]> after) {
        Interpreter.Outcome expected = exact();
        double largest = gradient.keySet().stream()
                .mapToDouble(name ->
                        largest(Objects.requireNonNull(expected.gradients().get(name), name)))
                .max()
                .orElse(0);
        Map<String, Double> errors = new TreeMap<>();
        expected.gradients().forEach((name, values) -> {
            double[] actual = doubles(gradient.getOrDefault(name, new float[0]));
            double[] wanted = values;
            double least = SMALL * largest;
            if (actual.length == 0) {
                // A running statistic: what is to be subtracted from it.
                actual = doubles(Objects.requireNonNull(after.get(name), name));
                wanted = doubles(Objects.requireNonNull(parameters.get(name), name));
                for (int i = 0; i < wanted.length; i++) {
                    wanted[i] -= values[i];
                }
                least = 0;
            }
            errors.put(name, error(actual, wanted, least));
        });
        return new Errors(Math.abs(loss - expected.loss()) / expected.loss(), errors);
    }

    /** The interpreter takes seconds, and its result is that of all formats. */
    private Interpreter.Outcome exact() {
        if (exact == null) {
            Map<String, double[]> values = new HashMap<>();
            parameters.forEach((name, numbers) -> values.put(name, doubles(numbers)));
            exact = Interpreter.run(program, values, doubles(pixels), doubles(labels));
        }
        return exact;
    }

    private static double error(double[] actual, double[] wanted, double least) {
        double most = 0;
        for (int i = 0; i < wanted.length; i++) {
            double difference = Math.abs(actual[i] - wanted[i]);
            most = difference > most || Double.isNaN(difference) ? difference : most;
        }
        return most / Math.max(largest(wanted), Math.max(least, Double.MIN_NORMAL));
    }

    private static double largest(double... values) {
        return Arrays.stream(values).map(Math::abs).max().orElse(0);
    }

    private static double[] doubles(float... values) {
        double[] result = new double[values.length];
        for (int i = 0; i < result.length; i++) {
            result[i] = values[i];
        }
        return result;
    }
}
