package io.residual.cuda.check;

import io.residual.program.Program;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/**
 * A batch of images, a network's parameters, and what PyTorch has as loss and gradients of them in double precision. The
 * numbers are those of core's tests, whose generators say how they were made; parameters have the names of the program's
 * operations.
 */
public final class Fixture {
    /** Those that there are; the first two are of photographs, and have gradients rounded to single precision. */
    public static final List<String> NAMES =
            List.of("resnet18-width8-28px", "resnet20-width4-28px", "bottleneck17", "preactivation20");

    private final Program program;
    private final Map<String, String> names = new LinkedHashMap<>();
    private final Safetensors state;
    private final Safetensors results;
    private double largestGradient;

    private Fixture(String name, Path folder) throws IOException {
        Map<String, String> files = new LinkedHashMap<>();
        for (String line : CheckPrograms.text(name + ".fixture").split("\n", -1)) {
            if (line.isEmpty()) {
                continue;
            }
            String[] words = line.split(" ", 3);
            if (words[0].equals("tensor")) {
                names.put(words[1], words[2]);
            } else {
                files.put(words[0], words[1]);
            }
        }
        program = CheckPrograms.read(name);
        state = Safetensors.read(folder.resolve(Objects.requireNonNull(files.get("state"))));
        results = Safetensors.read(folder.resolve(Objects.requireNonNull(files.get("results"))));
    }

    /**
     * Reads a fixture.
     *
     * @param name one of {@link #NAMES}
     * @param folder of PyTorch's numbers: core's test resources, or their copy
     */
    public static Fixture read(String name, Path folder) throws IOException {
        return new Fixture(name, folder);
    }

    public Program program() {
        return program;
    }

    /** How many images the batch has. */
    public int images() throws IOException {
        return labels().length;
    }

    /** [images, channels, height, width]. */
    public float[] input() throws IOException {
        return floats(state.numbers("input"));
    }

    /** A class from 0 on for each image. */
    public int[] labels() throws IOException {
        double[] numbers = state.numbers("label");
        int[] labels = new int[numbers.length];
        for (int i = 0; i < labels.length; i++) {
            labels[i] = (int) numbers[i];
        }
        return labels;
    }

    /** Names of all parameters and running statistics, such as "stem.conv_W" and "stem.bn_mean". */
    public Set<String> parameters() {
        return Collections.unmodifiableSet(names.keySet());
    }

    /**
     * The value of a parameter or running statistic before the step: weights [out, in, rows, columns], of the dense layer, too;
     * all others [channels].
     */
    public float[] parameter(String name) throws IOException {
        return floats(state.numbers(tensor(name)));
    }

    /** Mean softmax cross entropy of the batch. */
    public double loss() throws IOException {
        return results.numbers("train/loss1")[0];
    }

    /** Whether a parameter is trained, and not only in front of a batch norm that takes away what it adds. */
    public boolean hasGradient(String name) throws IOException {
        if (!isTrained(name)) {
            return false;
        }
        if (largestGradient == 0) {
            for (String other : names.keySet()) {
                largestGradient =
                        isTrained(other) ? Math.max(largestGradient, magnitude(gradient(other))) : largestGradient;
            }
        }
        return magnitude(gradient(name)) >= 1e-5 * largestGradient;
    }

    /** The gradient of the loss with respect to a parameter, of that one's shape. */
    public double[] gradient(String name) throws IOException {
        return results.numbers("train/grad/" + tensor(name).substring("param/".length()));
    }

    private boolean isTrained(String name) {
        return tensor(name).startsWith("param/");
    }

    private String tensor(String name) {
        return Objects.requireNonNull(names.get(name), name);
    }

    private static double magnitude(double[] numbers) {
        double largest = 0;
        for (double number : numbers) {
            largest = Math.max(largest, Math.abs(number));
        }
        return largest;
    }

    private static float[] floats(double[] numbers) {
        float[] floats = new float[numbers.length];
        for (int i = 0; i < floats.length; i++) {
            floats[i] = (float) numbers[i];
        }
        return floats;
    }
}
