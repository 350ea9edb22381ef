package io.residual.training.device.check;

import io.residual.cuda.check.CheckPrograms;
import io.residual.cuda.device.Format;
import io.residual.program.Operation;
import io.residual.program.Operation.Convolve;
import io.residual.program.Operation.Normalize;
import io.residual.program.Program;
import io.residual.training.config.Preset;
import io.residual.training.config.TrainingSpec;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;

/**
 * A network in a format, and how it is trained.
 *
 * @param name of {@link #NAMES}
 */
record CheckCase(String name, Format format) {
    static final List<String> NAMES = List.of("book-96", "resnet20", "resnet50-96", "speedrun", "book-28");

    CheckCase {
        if (!NAMES.contains(name)) {
            throw new IllegalArgumentException(
                    "unknown case '" + name + "': expected one of " + String.join(", ", NAMES));
        }
    }

    /** Parses a format: f32, tf32 or bf16. */
    static CheckCase of(String name, String format) {
        return Arrays.stream(Format.values())
                .filter(each -> name(each).equals(format))
                .findFirst()
                .map(each -> new CheckCase(name, each))
                .orElseThrow(() ->
                        new IllegalArgumentException("unknown format '" + format + "': expected f32, tf32 or bf16"));
    }

    /** Pairs of names and formats. */
    static List<CheckCase> pairs(List<String> words) {
        if (words.size() % 2 != 0) {
            throw new IllegalArgumentException("expected pairs CASE:FORMAT, got " + String.join(":", words));
        }
        List<CheckCase> cases = new ArrayList<>();
        for (int i = 0; i < words.size(); i += 2) {
            cases.add(of(words.get(i), words.get(i + 1)));
        }
        return cases;
    }

    static String name(Format format) {
        return format.name().toLowerCase(Locale.ROOT);
    }

    String formatName() {
        return name(format);
    }

    Program program() {
        return CheckPrograms.read(name);
    }

    /** The preset of that name; of others the book's, with another size of images or batch. */
    TrainingSpec spec() {
        Map<String, String> settings = new HashMap<>();
        settings.put("precision", format == Format.F32 ? "float32" : formatName());
        if (name.equals("book-28")) {
            settings.put("imageSize", "28");
        } else if (name.equals("resnet50-96")) {
            settings.put("batchSize", "128");
        }
        return Preset.resolve(name.equals("book-28") || name.equals("resnet50-96") ? "book-96" : name, settings)
                .spec();
    }

    /** Parameters drawn from the distributions that core draws from, by another generator. */
    Map<String, float[]> initialParameters(long seed) {
        Random random = new Random(seed);
        Program program = program();
        Map<String, float[]> parameters = new HashMap<>();
        for (Operation operation : program.operations()) {
            if (operation instanceof Convolve convolve) {
                parameters.put(convolve.weights(), weights(program, convolve, random));
                if (convolve.biased()) {
                    int out = program.value(convolve.out()).channels();
                    parameters.put(convolve.bias(), new float[out]);
                }
            } else if (operation instanceof Normalize normalize) {
                int channels = program.value(normalize.in()).channels();
                float[] ones = new float[channels];
                Arrays.fill(ones, 1);
                parameters.put(normalize.parameter("gamma"), ones);
                parameters.put(normalize.parameter("var"), ones);
                parameters.put(normalize.parameter("beta"), new float[channels]);
                parameters.put(normalize.parameter("mean"), new float[channels]);
            }
        }
        return parameters;
    }

    private float[] weights(Program program, Convolve convolve, Random random) {
        int taps = convolve.window().rows().size() * convolve.window().columns().size();
        int in = program.value(convolve.in()).channels();
        int out = program.value(convolve.out()).channels();
        boolean xavier = name.startsWith("book");
        boolean dense = convolve.out() == program.logits();
        boolean normal = !xavier && !dense;
        double bound = dense && !xavier ? Math.sqrt(1.0 / in) : Math.sqrt(6.0 / ((in + out) * taps));
        double deviation = Math.sqrt(2.0 / (out * taps));
        float[] weights = new float[in * out * taps];
        for (int i = 0; i < weights.length; i++) {
            weights[i] = (float) (normal ? random.nextGaussian() * deviation : (2 * random.nextDouble() - 1) * bound);
        }
        return weights;
    }
}
