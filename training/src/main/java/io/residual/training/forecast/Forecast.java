package io.residual.training.forecast;

import java.util.List;
import java.util.OptionalLong;

/**
 * What a training will take.
 *
 * @param peakBytes of memory, heap and arrays together; empty if the system does not say
 * @param epochSeconds of training, on images of the full size, and validation
 * @param fastEpochSeconds the same if all steps were as fast as the fastest quarter of those measured
 * @param slowEpochSeconds the same if all were as slow as the slowest quarter
 * @param totalSeconds of all epochs, with saving
 * @param imagesPerSecond of training
 * @param diskBytes the most that models and checkpoints take at a time
 */
public record Forecast(
        OptionalLong peakBytes,
        double epochSeconds,
        double fastEpochSeconds,
        double slowEpochSeconds,
        double totalSeconds,
        double imagesPerSecond,
        long diskBytes) {
    /** The last and the best model, and a third before it replaces one of them. */
    private static final int MODELS = 3;

    /**
     * The extent of a training.
     *
     * @param trainingImages of an epoch
     * @param pixelShare of the images of all epochs, as a share of those of the full size, above 0, at most 1
     * @param validationImages after each epoch, all passes together
     * @param checkpoints the most that there are at a time
     */
    record Extent(int epochs, long trainingImages, double pixelShare, long validationImages, int checkpoints) {}

    static Forecast of(Measured measured, Extent extent) {
        List<Double> steady = measured.steady();
        double mean = steady.stream().mapToDouble(Double::doubleValue).average().orElseThrow();
        List<Double> sorted = steady.stream().sorted().toList();
        double steps = (double) extent.trainingImages() / measured.imagesPerStep();
        double validation = extent.validationImages() * measured.validationSecondsPerImage();
        double warmUp =
                measured.stepSeconds().stream().mapToDouble(Double::doubleValue).sum()
                        - measured.stepSeconds().size() * mean;
        double epoch = steps * mean + validation;
        return new Forecast(
                measured.peakBytes(),
                epoch,
                steps * sorted.get((sorted.size() - 1) / 4) + validation,
                steps * sorted.get(sorted.size() - 1 - (sorted.size() - 1) / 4) + validation,
                extent.epochs() * (steps * mean * extent.pixelShare() + validation + measured.saveSeconds())
                        + Math.max(0, warmUp),
                measured.imagesPerStep() / mean,
                MODELS * measured.modelBytes() + extent.checkpoints() * measured.checkpointBytes());
    }
}
