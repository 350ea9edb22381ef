package io.residual.training.forecast;

import java.util.List;
import java.util.OptionalLong;

/**
 * What a few steps of a training took.
 *
 * @param stepSeconds of each step, batches included, at least one
 * @param imagesPerStep the batch size, at least 1
 * @param validationSecondsPerImage of one pass
 * @param saveSeconds of the checkpoint and the two models of an epoch
 * @param modelBytes of a model file
 * @param checkpointBytes of a checkpoint
 * @param peakBytes of the process; empty if the system does not say
 */
record Measured(
        List<Double> stepSeconds,
        int imagesPerStep,
        double validationSecondsPerImage,
        double saveSeconds,
        long modelBytes,
        long checkpointBytes,
        OptionalLong peakBytes) {
    /** Share of the measured time that is warm-up: the virtual machine compiles for some 10 seconds. */
    private static final double WARM_UP = 0.6;

    Measured {
        stepSeconds = List.copyOf(stepSeconds);
        if (stepSeconds.isEmpty() || imagesPerStep < 1) {
            throw new IllegalArgumentException("expected at least one step and image, got " + stepSeconds.size()
                    + " steps of " + imagesPerStep + " images");
        }
    }

    /** The steps after the warm-up, at least one. */
    List<Double> steady() {
        double all = stepSeconds.stream().mapToDouble(Double::doubleValue).sum();
        double before = 0;
        int first = 0;
        while (first < stepSeconds.size() - 1 && before + stepSeconds.get(first) <= WARM_UP * all) {
            before += stepSeconds.get(first++);
        }
        return stepSeconds.subList(first, stepSeconds.size());
    }
}
