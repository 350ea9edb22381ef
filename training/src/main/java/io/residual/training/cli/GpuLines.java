package io.residual.training.cli;

import io.residual.cuda.device.CudaException;
import io.residual.cuda.nvidia.Card;
import io.residual.cuda.nvidia.Determinism;
import io.residual.cuda.nvidia.Gpu;
import io.residual.data.ImageSet;
import io.residual.program.ProgramReader.UnsupportedNetworkException;
import io.residual.training.config.Precision;
import io.residual.training.config.Preset;
import io.residual.training.config.TrainingSpec;
import io.residual.training.device.DeviceEpochs;
import io.residual.training.network.Network;
import io.residual.training.run.DataSources;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** What {@code doctor} says about GPUs: a line for each with what it offers, and one with how fast it trains. */
final class GpuLines {
    private static final int BATCH = 256;
    private static final double MIN_SECONDS = 1;
    private static final int MAX_GPUS = 64;

    private GpuLines() {}

    /** Gives each line, or one that says why no GPU can be used. */
    static void forEach(Consumer<String> lines) {
        int used = 0;
        try {
            while (used < MAX_GPUS) {
                try (Gpu gpu = Gpu.open(used, Determinism.DETERMINISTIC)) {
                    Card card = gpu.card();
                    lines.accept("cuda:" + used + " " + card.name() + ", compute capability " + card.version() + ", "
                            + Doctor.gigabytes(gpu.freeBytes()) + " of " + Doctor.gigabytes(card.memoryBytes())
                            + " free; " + gpu.libraries());
                    lines.accept("cuda:" + used + " " + speed(gpu));
                }
                used++;
            }
        } catch (CudaException e) {
            if (used == 0 || e.kind() != CudaException.Kind.NO_GPU) {
                lines.accept((used == 0 ? "none that can be used: " : "cuda:" + used + " cannot be used: ")
                        + e.getMessage());
            }
        }
    }

    private static String speed(Gpu gpu) {
        List<String> speeds = new ArrayList<>();
        for (Precision precision : Precision.values()) {
            String name = precision.name().toLowerCase(Locale.ROOT);
            speeds.add(String.format(Locale.ROOT, "%,.0f in %s", imagesPerSecond(gpu, name), name));
        }
        return "trains the book's ResNet-18 at 28 pixels, batch " + BATCH + ", images/s: " + String.join(", ", speeds);
    }

    private static double imagesPerSecond(Gpu gpu, String precision) {
        TrainingSpec spec = Preset.resolve(
                        "book-96",
                        Map.of(
                                "data",
                                "sample",
                                "imageSize",
                                "28",
                                "batchSize",
                                Integer.toString(BATCH),
                                "precision",
                                precision))
                .spec();
        ImageSet images = DataSources.find(spec.data()).wholeTraining();
        try (DeviceEpochs epochs = new DeviceEpochs(
                gpu,
                Network.program(
                        spec.resNet(images.channels(), images.classNames().size())),
                spec,
                images)) {
            int together = epochs.equalSteps(0);
            epochs.steps(0, 0, together);
            long start = System.nanoTime();
            long steps = 0;
            double seconds;
            do {
                epochs.steps(0, 0, together);
                steps += together;
                seconds = (double) (System.nanoTime() - start) / TimeUnit.SECONDS.toNanos(1);
            } while (seconds < MIN_SECONDS);
            return steps * BATCH / seconds;
        } catch (UnsupportedNetworkException e) {
            throw new IllegalStateException(e);
        }
    }
}
