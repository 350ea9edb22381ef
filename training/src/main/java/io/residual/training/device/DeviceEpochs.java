package io.residual.training.device;

import io.residual.cuda.device.Device;
import io.residual.cuda.device.Format;
import io.residual.cuda.step.DeviceTraining;
import io.residual.data.ImageBatches;
import io.residual.data.ImageSet;
import io.residual.data.augment.CropFlipErase;
import io.residual.program.Program;
import io.residual.training.config.TrainingSpec;
import io.residual.training.loop.Inference;
import io.residual.training.loop.TrainingLoop;

/** Epochs of a spec on a device alone, without a graph: what a {@link DeviceExecutor} trains, for checks. */
public final class DeviceEpochs implements AutoCloseable {
    private final DeviceRecipe recipe;
    private final DeviceTraining training;
    private final TrainingImages images;
    private final Device device;
    private final TrainingSpec spec;
    private final Format format;
    private final int batch;
    private final int imagesPerEpoch;
    private int prepared = -1;

    /** Prepares training; parameters are zero. The set stays in the device's memory. */
    public DeviceEpochs(Device device, Program program, TrainingSpec spec, ImageSet set) {
        this.device = device;
        this.spec = spec;
        ImageBatches batches = TrainingLoop.batches(spec, set);
        this.batch = batches.batchSize();
        this.imagesPerEpoch = batches.imagesPerEpoch();
        this.recipe = DeviceRecipe.of(spec.optimisation(), batches);
        this.format = recipe.format();
        this.training = new DeviceTraining(
                device,
                program,
                format,
                recipe.rule(),
                recipe.steps(),
                (to, labels, count, step) -> queue(to, labels, count));
        this.images = new TrainingImages(
                device,
                batches,
                CropFlipErase.of(batches.augmenter()).orElseThrow(),
                spec.optimisation().regularisation().labelSmoothing(),
                format,
                training.stepAddress());
    }

    private void queue(long to, long labels, int count) {
        images.queue(to, labels, count);
    }

    /** What takes the steps, with parameters and state. */
    public DeviceTraining training() {
        return training;
    }

    /** Images that the steps of an epoch take. */
    public int imagesPerEpoch() {
        return imagesPerEpoch;
    }

    /** How many steps from one on have batches of one size. */
    public int equalSteps(int from) {
        return recipe.equalSteps(from);
    }

    /**
     * Takes steps of an epoch, all of the same number of images.
     *
     * @param from number of the first, from 0
     */
    public DeviceTraining.Outcome steps(int epoch, int from, int count) {
        if (prepared != epoch) {
            images.epoch(epoch);
            training.beginEpoch(recipe.rates(epoch));
            prepared = epoch;
        }
        return training.steps(from, count, recipe.batch(from));
    }

    /** Takes an epoch's steps; gives the mean loss. */
    public double epoch(int epoch) {
        double sum = 0;
        for (int from = 0; from < recipe.steps(); ) {
            int count = recipe.equalSteps(from);
            for (double loss : steps(epoch, from, count).losses()) {
                sum += loss;
            }
            from += count;
        }
        return sum / imagesPerEpoch;
    }

    /** The share of a set's images whose most probable class is their own. */
    public double accuracy(ImageSet set) {
        try (ScoredImages scored = new ScoredImages(device, set, spec.data().input(), batch, format)) {
            float[][] probabilities =
                    scored.probabilities(training, () -> false).orElseThrow();
            return Inference.score(probabilities, set).accuracy();
        }
    }

    @Override
    public void close() {
        images.close();
        training.close();
    }
}
