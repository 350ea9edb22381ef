package io.residual.training.forecast;

import io.residual.core.ResidualException;
import io.residual.core.ResidualException.Kind;
import io.residual.core.files.IoErrors;
import io.residual.core.safetensors.SafetensorsWriter;
import io.residual.data.ImageBatches;
import io.residual.data.ImageSet;
import io.residual.training.config.TrainingSpec;
import io.residual.training.loop.Inference;
import io.residual.training.loop.Position;
import io.residual.training.loop.TrainingListener;
import io.residual.training.loop.TrainingLoop;
import io.residual.training.network.ComputeKernels;
import io.residual.training.network.Network;
import io.residual.training.run.CheckpointStore;
import io.residual.training.run.ModelFiles;
import io.residual.training.run.RunDatasets;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;

/** Trains a few steps as a run would, validates and saves, and leaves nothing behind. */
public final class DryRun {
    private static final int MIN_STEPS = 12;
    private static final double MIN_SECONDS = 15;
    private static final int VALIDATION_IMAGES = 1024;

    private DryRun() {}

    /**
     * Measures on images of the full size, and forecasts the complete training.
     *
     * @param folder on the disk of the run; must exist
     * @throws ResidualException of kind BAD_RUN if nothing can be written there
     */
    public static Forecast measure(TrainingSpec asked, RunDatasets data, ComputeKernels kernels, Path folder) {
        TrainingSpec spec = asked.withoutGrowth();
        ImageSet train = data.train();
        Network network = ModelFiles.initial(
                spec, spec.resNet(train.channels(), train.classNames().size()), kernels);
        TrainingLoop loop = TrainingLoop.of(network, spec, train, data.validation());
        StepTimes times = new StepTimes();
        loop.train(Position.START, spec.optimisation().epochs(), times, times::areEnough);
        double validation = validationSecondsPerImage(loop, spec, data.validation());
        Saved saved = save(loop, network, folder);
        int passes = loop.executor().averagesWeights() ? 2 : 1;
        return Forecast.of(
                new Measured(
                        times.seconds,
                        Math.min(spec.optimisation().batchSize(), train.size()),
                        validation,
                        saved.seconds(),
                        saved.modelBytes(),
                        saved.checkpointBytes(),
                        ProcessMemory.peak()),
                new Forecast.Extent(
                        spec.optimisation().epochs(),
                        times.imagesPerEpoch,
                        pixelShare(asked),
                        (long) passes * data.validation().size(),
                        CheckpointStore.MAX_KEPT + 1));
    }

    private static double pixelShare(TrainingSpec spec) {
        int full = spec.data().imageSize();
        return IntStream.range(0, spec.optimisation().epochs())
                .map(epoch -> spec.trainingSize(epoch).height())
                .mapToDouble(side -> (double) side * side / ((double) full * full))
                .average()
                .orElseThrow();
    }

    /** Seconds of each step, with the time that it waited for its batch. */
    private static final class StepTimes implements TrainingListener {
        private final List<Double> seconds = new ArrayList<>();
        private long imagesPerEpoch;
        private long last;
        private double sum;

        @Override
        public void epochStarted(Position at, long images) {
            imagesPerEpoch = images;
            last = System.nanoTime();
        }

        @Override
        public void stepDone(Position at, int images) {
            double step = seconds(last);
            seconds.add(step);
            sum += step;
            last = System.nanoTime();
        }

        boolean areEnough() {
            return seconds.size() >= MIN_STEPS && sum >= MIN_SECONDS;
        }
    }

    private static double seconds(long since) {
        return (double) Math.max(1, System.nanoTime() - since) / TimeUnit.SECONDS.toNanos(1);
    }

    /** The second pass: the first prepares the kernels. */
    private static double validationSecondsPerImage(TrainingLoop loop, TrainingSpec spec, ImageSet validation) {
        ImageSet some = validation.subset(IntStream.range(0, Math.min(VALIDATION_IMAGES, validation.size()))
                .toArray());
        double perImage = 0;
        for (int pass = 0; pass < 2; pass++) {
            long start = System.nanoTime();
            Inference.probabilities(
                    loop.executor(), ImageBatches.inOrder(some, spec.data().input()));
            perImage = seconds(start) / some.size();
        }
        return perImage;
    }

    private record Saved(double seconds, long modelBytes, long checkpointBytes) {}

    private static Saved save(TrainingLoop loop, Network network, Path folder) {
        try {
            Path directory = Files.createTempDirectory(folder, ".dry-run");
            Path model = directory.resolve("model.safetensors");
            Path checkpoint = directory.resolve("checkpoint.safetensors");
            try {
                long start = System.nanoTime();
                network.writer(Map.of()).write(model);
                double modelSeconds = seconds(start);
                SafetensorsWriter writer = new SafetensorsWriter();
                loop.executor().state().forEach(writer::array);
                writer.write(checkpoint);
                return new Saved(seconds(start) + modelSeconds, Files.size(model), Files.size(checkpoint));
            } finally {
                Files.deleteIfExists(model);
                Files.deleteIfExists(checkpoint);
                Files.deleteIfExists(directory);
            }
        } catch (IOException e) {
            throw new ResidualException(
                    Kind.BAD_RUN,
                    folder + ": cannot be written (" + IoErrors.reason(e) + "): give another run directory",
                    e);
        }
    }
}
