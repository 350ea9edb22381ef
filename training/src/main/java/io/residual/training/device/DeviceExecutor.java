package io.residual.training.device;

import io.residual.cuda.device.CudaException;
import io.residual.cuda.device.Device;
import io.residual.cuda.device.Format;
import io.residual.cuda.step.DeviceTraining;
import io.residual.data.Batch;
import io.residual.data.BatchOrder;
import io.residual.data.ImageBatches;
import io.residual.data.ImageSet;
import io.residual.data.augment.CropFlipErase;
import io.residual.program.Program;
import io.residual.training.config.RegularisationSpec;
import io.residual.training.config.TrainingSpec;
import io.residual.training.loop.Position;
import io.residual.training.loop.PrefetchedSteps;
import io.residual.training.loop.StepExecutor;
import io.residual.training.optim.BatchMixing;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.Logger;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Trains a network on a device, from the weights of a Deeplearning4j graph, which gets those of the device when it is asked to be
 * {@link #updateNetwork updated}.
 *
 * <p>Where an epoch needs no more than crops, flips and erasing, the images stay on the device as bytes, and several steps are
 * queued at once; else batches are made on the host.
 */
public final class DeviceExecutor implements StepExecutor {
    private static final Logger LOG = LogManager.getLogger(DeviceExecutor.class);

    /** That are queued before anybody looks at what they found, unless they take longer than a second. */
    private static final int STEPS_TOGETHER = 8;

    private final Device device;
    private final ComputationGraph graph;
    private final FlatLayout layout;
    private final CheckpointArrays arrays;
    private final DeviceRecipe recipe;
    private final Format format;
    private final int batch;
    private final int classes;
    private final BatchMixing mixing;
    private final DeviceTraining training;
    /** Of batches that are made on the host. */
    private final @Nullable UploadedBatches uploaded;
    /** Of batches that are made on the device. */
    private final @Nullable TrainingImages images;

    private @Nullable ScoredImages scored;
    private int together = STEPS_TOGETHER;

    /**
     * Prepares the steps of a run.
     *
     * @param program of the graph's network
     * @param batches that it is trained on
     * @throws CudaException if the device fails
     */
    public DeviceExecutor(
            Device device, ComputationGraph graph, Program program, TrainingSpec spec, ImageBatches batches) {
        this.device = device;
        this.graph = graph;
        this.layout = new FlatLayout(graph);
        this.arrays = new CheckpointArrays(layout, graph.params().shape());
        this.batch = batches.batchSize();
        this.classes = batches.images().classNames().size();
        this.recipe = DeviceRecipe.of(spec.optimisation(), batches);
        this.format = recipe.format();
        RegularisationSpec regularisation = spec.optimisation().regularisation();
        this.mixing = new BatchMixing(regularisation, spec.seed());
        Optional<CropFlipErase> changes = changes(regularisation, batches);
        if (changes.isPresent()) {
            this.uploaded = null;
            this.training = training(
                    program,
                    (to, labels, count, step) ->
                            Objects.requireNonNull(images()).queue(to, labels, count));
            this.images = new TrainingImages(
                    device, batches, changes.get(), regularisation.labelSmoothing(), format, training.stepAddress());
        } else {
            this.images = null;
            int values = program.value(program.input()).size();
            this.uploaded = new UploadedBatches(device, format, values, classes, batch);
            this.training = training(program, uploaded);
        }
        training.setParameters(layout.ofGraph(graph.params().dup('c').data().asFloat()));
    }

    private @Nullable TrainingImages images() {
        return images;
    }

    private DeviceTraining training(Program program, DeviceTraining.Images source) {
        return new DeviceTraining(device, program, format, recipe.rule(), recipe.steps(), source);
    }

    /** What the device changes in images, if it can and has room for them. */
    private Optional<CropFlipErase> changes(RegularisationSpec regularisation, ImageBatches batches) {
        Optional<CropFlipErase> known = CropFlipErase.of(batches.augmenter());
        String reason = "";
        if (regularisation.mixup() > 0 || regularisation.cutmix() > 0) {
            reason = "mixup and cutmix are made there";
        } else if (known.isEmpty()) {
            reason = "some augmentations are made there";
        } else if (!hasRoomFor(batches.images())) {
            reason = "the device has no room for the images";
        }
        if (reason.isEmpty()) {
            return known;
        }
        LOG.info("Batches are made on the CPU: {}", reason);
        return Optional.empty();
    }

    /** At most half of what is free: the rest is for steps. */
    private boolean hasRoomFor(ImageSet set) {
        return StoredImages.bytes(set) <= device.freeBytes() / 2;
    }

    @Override
    public Steps epoch(ImageBatches batches, Position from) {
        training.beginEpoch(recipe.rates(from.epochs()));
        if (images == null) {
            return new PrefetchedSteps(batches, from, this::step);
        }
        images.epoch(from.epochs());
        return new QueuedSteps(from.steps());
    }

    private Step step(Batch images, int epoch, long iteration) {
        Objects.requireNonNull(uploaded).upload(images.images(), mixing.apply(images, classes, iteration));
        int number = Math.toIntExact(iteration - (long) epoch * recipe.steps());
        return take(number, 1, images.size()).get(0);
    }

    private List<Step> take(int from, int count, int batch) {
        DeviceTraining.Outcome outcome;
        try {
            outcome = training.steps(from, count, batch);
        } catch (CudaException e) {
            throw e.kind() == CudaException.Kind.OUT_OF_MEMORY ? DeviceErrors.outOfMemory(batch, e) : e;
        }
        List<Step> steps = new ArrayList<>();
        for (int i = 0; i < outcome.hits().length; i++) {
            steps.add(new Step(outcome.losses()[i] / batch, outcome.hits()[i], batch));
        }
        return steps;
    }

    private final class QueuedSteps implements Steps {
        private int next;

        QueuedSteps(int first) {
            this.next = first;
        }

        @Override
        public boolean hasNext() {
            return next < recipe.steps();
        }

        @Override
        public List<Step> next() {
            if (!hasNext()) {
                throw new NoSuchElementException("the epoch is over");
            }
            int count = Math.min(together, recipe.equalSteps(next));
            long start = System.nanoTime();
            List<Step> steps = take(next, count, recipe.batch(next));
            long perStep = Math.max(1, (System.nanoTime() - start) / count);
            together = (int) Math.max(1, Math.min(STEPS_TOGETHER, TimeUnit.SECONDS.toNanos(1) / perStep));
            next += count;
            return steps;
        }

        @Override
        public void close() {
            // Nothing is queued that was not waited for.
        }
    }

    @Override
    public double learningRate(long iteration) {
        return recipe.rate(iteration);
    }

    @Override
    public INDArray probabilities(INDArray images) {
        float[] pixels = UploadedBatches.channelsLast(images);
        int values = pixels.length / Math.toIntExact(images.size(0));
        int count = Math.toIntExact(images.size(0));
        float[] all = new float[count * classes];
        for (int from = 0; from < count; from += batch) {
            int to = Math.min(count, from + batch);
            float[] some = training.probabilities(Arrays.copyOfRange(pixels, from * values, to * values), batch);
            System.arraycopy(some, 0, all, from * classes, some.length);
        }
        return Nd4j.create(all, new long[] {count, classes}, 'c');
    }

    @Override
    public Optional<float[][]> probabilities(ImageBatches batches, BooleanSupplier stop) {
        boolean inOrder = batches.order() instanceof BatchOrder.Sequential
                && batches.augmenter().changesNothing();
        if (scored == null && inOrder && hasRoomFor(batches.images())) {
            scored = new ScoredImages(device, batches.images(), batches.form(), batch, format);
        }
        return inOrder && scored != null && scored.set() == batches.images()
                ? scored.probabilities(training, stop)
                : StepExecutor.super.probabilities(batches, stop);
    }

    @Override
    public Map<String, INDArray> state() {
        return arrays.of(training);
    }

    @Override
    public void restore(Consumer<Map<String, INDArray>> assign) {
        Map<String, INDArray> state = state();
        assign.accept(state);
        arrays.restore(training, state);
    }

    @Override
    public boolean hasFiniteWeights() {
        return training.hasFiniteParameters();
    }

    @Override
    public boolean averagesWeights() {
        return recipe.averages();
    }

    @Override
    public <T> T withAveragedWeights(Supplier<T> action) {
        if (!recipe.averages()) {
            return action.get();
        }
        training.swapAverage();
        try {
            return action.get();
        } finally {
            training.swapAverage();
        }
    }

    @Override
    public void updateNetwork() {
        float[] values = layout.toGraph(training.parameters());
        graph.params().data().asNioFloat().put(values);
    }

    @Override
    public void useAveragedWeights() {
        withAveragedWeights(() -> {
            updateNetwork();
            return true;
        });
    }

    @Override
    public void close() {
        if (scored != null) {
            scored.close();
        }
        if (images != null) {
            images.close();
        }
        if (uploaded != null) {
            uploaded.close();
        }
        training.close();
    }
}
