package io.residual.training.forecast;

import io.residual.core.ImageShape;
import io.residual.core.ResidualException;
import io.residual.core.ResidualException.Kind;
import io.residual.core.files.IoErrors;
import io.residual.data.ImageBatches;
import io.residual.data.ImageSet;
import io.residual.training.config.Preset;
import io.residual.training.config.SpecFile;
import io.residual.training.config.TrainingSpec;
import io.residual.training.forecast.MemoryFit.Point;
import io.residual.training.loop.Inference;
import io.residual.training.loop.Position;
import io.residual.training.loop.TrainingListener;
import io.residual.training.loop.TrainingLoop;
import io.residual.training.network.ComputeKernels;
import io.residual.training.optim.LabelWeights;
import io.residual.training.run.Backend;
import io.residual.training.run.ModelFiles;
import io.residual.training.run.RunDatasets;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

/**
 * A process that trains two steps with batches of one size, of images of the full size, validates, and reports its memory: what an earlier measurement
 * has left in a process would be in the way of the next.
 */
final class ProbeProcess {
    private static final int STEPS = 2;
    private static final int VALIDATION_IMAGES = 256;
    private static final Pattern REPORT = Pattern.compile("peak (\\d{1,18}) (\\d{1,18})");

    private ProbeProcess() {}

    /**
     * Runs one.
     *
     * @return what it took; empty if it ended without a report, as it does if memory is short
     */
    static Optional<Point> measure(TrainingSpec spec, RunDatasets data, ComputeKernels kernels, int batch) {
        ImageSet train = data.train();
        try {
            Path file = Files.createTempFile("residual-probe", ".yaml");
            try {
                Files.writeString(file, SpecFile.write(spec.withoutGrowth().withBatchSize(batch)));
                String output = run(List.of(
                        file.toString(),
                        weights(spec, train),
                        kernels.name(),
                        String.valueOf(train.channels()),
                        String.valueOf(train.height()),
                        String.valueOf(train.width()),
                        String.valueOf(train.classNames().size())));
                return point(batch, output);
            } finally {
                Files.delete(file);
            }
        } catch (IOException e) {
            throw new ResidualException(
                    Kind.BAD_SETTING,
                    "memory cannot be measured in a process of its own (" + IoErrors.reason(e)
                            + "): is the folder for temporary files writable?",
                    e);
        }
    }

    /** Those of the images of the run, whose numbers decide whether there are any; how large they are takes no memory. */
    private static String weights(TrainingSpec spec, ImageSet train) {
        LabelWeights weights = LabelWeights.of(spec.optimisation().imbalance(), train);
        return weights.areEqual() ? "none" : "1" + ",2".repeat(weights.classes() - 1);
    }

    private static Optional<Point> point(int batch, String output) {
        Matcher report = REPORT.matcher(output);
        return report.find()
                ? Optional.of(new Point(batch, Long.parseLong(report.group(1)), Long.parseLong(report.group(2))))
                : Optional.empty();
    }

    private static String run(List<String> arguments) throws IOException {
        Process process = new ProcessBuilder(ChildJvm.command(List.of(), ProbeProcess.class, arguments))
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        try {
            return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        } finally {
            process.destroy();
        }
    }

    /** In the other process: spec file, class weights, kernels, channels, height, width, classes. */
    public static void main(String[] args) {
        Thread watch = new Thread(ProbeProcess::endWithParent, "residual-parent");
        watch.setDaemon(true);
        watch.start();
        TrainingSpec spec =
                Preset.resolve(args[0], Map.of("classWeights", args[1])).spec();
        ComputeKernels kernels = ComputeKernels.valueOf(args[2]);
        int[] numbers = Arrays.stream(args).skip(3).mapToInt(Integer::parseInt).toArray();
        ImageShape shape = new ImageShape(numbers[0], numbers[1], numbers[2]);
        Backend.require();
        ImageSet train = alike(shape, STEPS * spec.optimisation().batchSize(), numbers[3]);
        ImageSet validation = alike(shape, VALIDATION_IMAGES, numbers[3]);
        TrainingLoop loop = TrainingLoop.of(
                ModelFiles.initial(spec, spec.resNet(shape.channels(), numbers[3]), kernels), spec, train, validation);
        AtomicInteger steps = new AtomicInteger();
        TrainingListener counter = new TrainingListener() {
            @Override
            public void stepDone(Position at, int images) {
                steps.incrementAndGet();
            }
        };
        loop.train(Position.START, 1, counter, () -> steps.get() >= STEPS);
        long training = ProcessMemory.peak().orElseThrow();
        Inference.probabilities(
                loop.executor(), ImageBatches.inOrder(validation, spec.data().input()));
        System.out.printf(
                Locale.ROOT, "peak %d %d%n", training, ProcessMemory.peak().orElseThrow());
        System.exit(0);
    }

    /** Standard input is a pipe that ends with the process at its other end, however that ends. */
    private static void endWithParent() {
        try {
            System.in.transferTo(OutputStream.nullOutputStream());
        } catch (IOException e) {
            // It has ended, too.
        }
        Runtime.getRuntime().halt(1);
    }

    /** Images that share their pixels: what they show does not matter, and must take no memory. */
    private static ImageSet alike(ImageShape shape, int count, int classes) {
        byte[][] pixels = new byte[count][];
        byte[] image = new byte[Math.toIntExact(shape.values())];
        new Random(1).nextBytes(image);
        Arrays.fill(pixels, image);
        return ImageSet.of(
                shape,
                IntStream.range(0, classes).mapToObj(c -> "class " + c).toList(),
                new TreeMap<>(),
                pixels,
                IntStream.range(0, count).map(i -> i % classes).toArray());
    }
}
