package io.residual.training.device;

import io.residual.cuda.check.CheckPrograms;
import io.residual.cuda.check.Fixture;
import io.residual.cuda.check.GradientCheck;
import io.residual.cuda.device.Device;
import io.residual.cuda.device.Format;
import io.residual.cuda.nvidia.Determinism;
import io.residual.cuda.nvidia.Gpu;
import io.residual.data.ImageSet;
import io.residual.data.idx.IdxFile;
import io.residual.program.Operation;
import io.residual.program.Operation.Convolve;
import io.residual.program.Operation.Normalize;
import io.residual.program.Program;
import io.residual.training.config.Preset;
import io.residual.training.config.TrainingSpec;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;

/**
 * Checks a GPU without Deeplearning4j: gradients, resuming, speed, accuracy. Arguments: a directory with PyTorch's numbers, Fashion-MNIST and
 * room for a cache; then what to check, each a word with arguments behind colons. Each result is a line of JSON.
 */
public final class DeviceCheck {
    private static final List<String> CLASSES =
            List.of("T-shirt", "Trouser", "Pullover", "Dress", "Coat", "Sandal", "Shirt", "Sneaker", "Bag", "Boot");

    private final Path folder;
    private final Device device;
    private final PrintStream out;
    private ImageSet training;
    private ImageSet test;

    private DeviceCheck(Path folder, Device device, PrintStream out) {
        this.folder = folder;
        this.device = device;
        this.out = out;
    }

    public static void main(String[] arguments) throws IOException {
        Path folder = Path.of(arguments[0]);
        long start = System.nanoTime();
        try (Gpu gpu = Gpu.open(0, folder.resolve("cache"), Determinism.DETERMINISTIC)) {
            System.out.printf(Locale.ROOT, "opened %s, %s in %.2f s%n", gpu.name(), gpu.libraries(), seconds(start));
            DeviceCheck check = new DeviceCheck(folder, gpu, System.out);
            for (String part : Arrays.asList(arguments).subList(1, arguments.length)) {
                long begin = System.nanoTime();
                try {
                    check.run(part.split(":"));
                } catch (RuntimeException | IOException | LinkageError e) {
                    System.out.println("FAIL " + part);
                    e.printStackTrace(System.out);
                }
                System.out.printf(Locale.ROOT, "-- %s took %.1f s%n", part, seconds(begin));
            }
        }
    }

    private static double seconds(long since) {
        return (System.nanoTime() - since) / 1e9;
    }

    private void run(String... words) throws IOException {
        switch (words[0]) {
            case "operations" -> operations();
            case "fixtures" -> fixtures();
            case "resume" -> resume();
            case "speed" -> speed(words[1], words[2], Double.parseDouble(words[3]));
            case "profile" -> profile(words[1], words[2]);
            case "pytorch" -> inTurn(words[1], Arrays.asList(words).subList(2, words.length));
            case "accuracy" -> accuracy(words[1], words[2], Integer.parseInt(words[3]));
            default -> throw new IllegalArgumentException("nothing is called " + words[0]);
        }
    }

    private void operations() {
        for (String name : List.of("resnet18-width8-28px", "resnet20-width4-28px", "bottleneck17", "preactivation20")) {
            for (Format format : Format.values()) {
                GradientCheck.Errors errors = new GradientCheck(CheckPrograms.read(name), 16, 1).run(device, format);
                out.printf(
                        Locale.ROOT,
                        "{\"operations\": \"%s\", \"format\": \"%s\", \"loss\": %.2e, \"worst\": %.2e, \"median\": %.2e}%n",
                        name,
                        format,
                        errors.loss(),
                        errors.worst(),
                        errors.median());
            }
        }
    }

    private void fixtures() throws IOException {
        for (String name : Fixture.NAMES) {
            for (Format format : Format.values()) {
                Map<String, Double> errors = FixtureCheck.errors(device, Fixture.read(name, folder), format);
                double[] sorted = errors.values().stream()
                        .mapToDouble(error -> error)
                        .sorted()
                        .toArray();
                out.printf(
                        Locale.ROOT,
                        "{\"fixture\": \"%s\", \"format\": \"%s\", \"worst\": %.2e, \"median\": %.2e}%n",
                        name,
                        format,
                        sorted[sorted.length - 1],
                        sorted[sorted.length / 2]);
            }
        }
    }

    private void readImages() {
        if (training == null) {
            training = images(Files.exists(folder.resolve("train-images-idx3-ubyte.gz")) ? "train" : "t10k");
            test = images("t10k");
        }
    }

    private ImageSet images(String split) {
        return IdxFile.readImages(folder.resolve(split + "-images-idx3-ubyte.gz"))
                .withLabels(IdxFile.readLabels(folder.resolve(split + "-labels-idx1-ubyte.gz"), 10), CLASSES);
    }

    /** Of a case in a format: f32, tf32 or bf16. */
    private static TrainingSpec spec(String name, String format) {
        Map<String, String> settings = new HashMap<>();
        settings.put("precision", format.equals("f32") ? "float32" : format);
        if (name.equals("book-28")) {
            settings.put("imageSize", "28");
        } else if (name.equals("resnet50-96")) {
            settings.put("batchSize", "128");
        }
        return Preset.resolve(name.equals("book-28") || name.equals("resnet50-96") ? "book-96" : name, settings)
                .spec();
    }

    private DeviceEpochs epochs(String name, TrainingSpec spec) {
        readImages();
        Program program = CheckPrograms.read(name);
        DeviceEpochs epochs = new DeviceEpochs(device, program, spec, training);
        epochs.training().setParameters(initial(program, name.startsWith("book"), spec.seed()));
        return epochs;
    }

    /** Weights drawn as core draws them, by another generator. */
    private static Map<String, float[]> initial(Program program, boolean xavier, long seed) {
        Random random = new Random(seed);
        Map<String, float[]> parameters = new HashMap<>();
        for (Operation operation : program.operations()) {
            if (operation instanceof Convolve convolve) {
                int taps = convolve.window().rows().size()
                        * convolve.window().columns().size();
                int in = program.value(convolve.in()).channels();
                int out = program.value(convolve.out()).channels();
                float[] weights = new float[in * out * taps];
                double bound = convolve.out() == program.logits() && !xavier
                        ? Math.sqrt(1.0 / in)
                        : Math.sqrt(6.0 / ((in + out) * taps));
                boolean normal = !xavier && convolve.out() != program.logits();
                for (int i = 0; i < weights.length; i++) {
                    weights[i] = (float)
                            (normal
                                    ? random.nextGaussian() * Math.sqrt(2.0 / (out * taps))
                                    : (2 * random.nextDouble() - 1) * bound);
                }
                parameters.put(convolve.weights(), weights);
                if (convolve.biased()) {
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

    private void resume() {
        for (Format format : Format.values()) {
            TrainingSpec spec = spec("resnet20", format.toString().toLowerCase(Locale.ROOT));
            try (DeviceEpochs whole = epochs("resnet20", spec);
                    DeviceEpochs first = epochs("resnet20", spec);
                    DeviceEpochs second = epochs("resnet20", spec)) {
                whole.steps(0, 0, 40);
                first.steps(0, 0, 23);
                second.training().setParameters(first.training().parameters());
                second.training().setState(first.training().state());
                second.steps(0, 23, 17);
                Map<String, float[]> one = whole.training().parameters();
                Map<String, float[]> other = second.training().parameters();
                boolean equal = one.keySet().stream().allMatch(key -> Arrays.equals(one.get(key), other.get(key)));
                out.printf(
                        Locale.ROOT, "{\"resume\": \"resnet20\", \"format\": \"%s\", \"equal\": %b}%n", format, equal);
            }
        }
    }

    /** Images a second of each round. */
    private double round(DeviceEpochs epochs, int steps, int batch) {
        long start = System.nanoTime();
        int at = 0;
        while (at < steps) {
            int count = Math.min(steps - at, epochs.equalSteps(0));
            epochs.steps(0, 0, count);
            at += count;
        }
        return (double) steps * batch / seconds(start);
    }

    private void profile(String name, String format) {
        TrainingSpec spec = spec(name, format);
        try (DeviceEpochs epochs = epochs(name, spec)) {
            epochs.steps(0, 0, 1);
            Map<String, Double> times =
                    epochs.training().profile(spec.optimisation().batchSize());
            out.printf(
                    Locale.ROOT,
                    "profile %s %s, %.0f us%n",
                    name,
                    format,
                    times.values().stream().mapToDouble(time -> time).sum());
            times.forEach((part, time) -> out.printf(Locale.ROOT, "%8.1f %s%n", time, part));
        }
    }

    private void speed(String name, String format, double seconds) {
        TrainingSpec spec = spec(name, format);
        long start = System.nanoTime();
        try (DeviceEpochs epochs = epochs(name, spec)) {
            double ready = seconds(start);
            epochs.steps(0, 0, 1);
            double first = seconds(start);
            int batch = spec.optimisation().batchSize();
            double speed = round(epochs, 20, batch);
            List<Double> rounds = new ArrayList<>();
            for (int i = 0; i < 5; i++) {
                rounds.add(round(epochs, (int) Math.max(10, speed * seconds / 5 / batch), batch));
            }
            rounds.sort(null);
            out.printf(
                    Locale.ROOT,
                    "{\"speed\": \"%s\", \"format\": \"%s\", \"batch\": %d, \"images/s\": %.0f, \"lowest\": %.0f, \"highest\":"
                            + " %.0f, \"ready_s\": %.2f, \"first_step_s\": %.2f}%n",
                    name,
                    format,
                    batch,
                    rounds.get(2),
                    rounds.get(0),
                    rounds.get(4),
                    ready,
                    first);
        }
    }

    /** Rounds of PyTorch and of this in turn; cases: a name and a format each. */
    private void inTurn(String python, List<String> cases) throws IOException {
        try (PyTorch pytorch = PyTorch.start(python, folder)) {
            List<String> all = new ArrayList<>();
            for (int i = 0; i + 1 < cases.size(); i += 2) {
                all.add(cases.get(i) + " " + cases.get(i + 1));
            }
            pytorch.prepare(all);
            for (int i = 0; i + 1 < cases.size(); i += 2) {
                try {
                    inTurn(pytorch, cases.get(i), cases.get(i + 1));
                } catch (RuntimeException | IOException e) {
                    out.println("FAIL " + cases.get(i) + " " + cases.get(i + 1));
                    e.printStackTrace(out);
                }
            }
            out.println("pytorch " + pytorch.status());
        }
    }

    private void inTurn(PyTorch pytorch, String name, String format) throws IOException {
        String variant = pytorch.fastest(name, format, out);
        TrainingSpec spec = spec(name, format);
        int batch = spec.optimisation().batchSize();
        try (DeviceEpochs epochs = epochs(name, spec)) {
            round(epochs, 20, batch);
            double speed = round(epochs, 40, batch);
            List<Double> ratios = new ArrayList<>();
            for (int k = 0; k < 5; k++) {
                double ours = round(epochs, (int) Math.max(10, speed * PyTorch.ROUND_SECONDS / batch), batch);
                double theirs = pytorch.round(name, format, variant);
                ratios.add(ours / theirs);
                out.printf(
                        Locale.ROOT,
                        "{\"pair\": \"%s\", \"format\": \"%s\", \"variant\": \"%s\", \"ours\": %.0f, \"pytorch\":"
                                + " %.0f, \"ratio\": %.3f}%n",
                        name,
                        format,
                        variant,
                        ours,
                        theirs,
                        ours / theirs);
            }
            ratios.sort(null);
            out.printf(
                    Locale.ROOT,
                    "{\"median\": \"%s\", \"format\": \"%s\", \"variant\": \"%s\", \"ratio\": %.3f}%n",
                    name,
                    format,
                    variant,
                    ratios.get(2));
        }
    }

    private void accuracy(String preset, String format, int seeds) {
        for (int seed = 1; seed <= seeds; seed++) {
            TrainingSpec spec = spec(preset, format).withSeed(seed);
            try (DeviceEpochs epochs = epochs(preset, spec)) {
                epochs.steps(0, 0, 0);
                long start = System.nanoTime();
                double loss = 0;
                for (int epoch = 0; epoch < spec.optimisation().epochs(); epoch++) {
                    loss = epochs.epoch(epoch);
                }
                double seconds = seconds(start);
                double accuracy = epochs.accuracy(test);
                out.printf(
                        Locale.ROOT,
                        "{\"accuracy\": \"%s\", \"format\": \"%s\", \"seed\": %d, \"epochs\": %d, \"seconds\": %.2f, \"images/s\":"
                                + " %.0f, \"training_loss\": %.4f, \"test_accuracy\": %.4f}%n",
                        preset,
                        format,
                        seed,
                        spec.optimisation().epochs(),
                        seconds,
                        spec.optimisation().epochs() * (double) epochs.imagesPerEpoch() / seconds,
                        loss,
                        accuracy);
            }
        }
    }
}
