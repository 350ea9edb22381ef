package io.residual.training.loop;

import io.residual.core.ResidualException;
import io.residual.data.BatchOrder;
import io.residual.data.ImageBatches;
import io.residual.data.ImageSet;
import io.residual.data.LastBatch;
import io.residual.training.config.ImbalanceSpec;
import io.residual.training.config.TrainingSpec;
import io.residual.training.loop.Inference.Validation;
import io.residual.training.network.GraphNetwork;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/**
 * The training loop. An epoch draws as many training images as there are, each once, by class, or by what is learnt, then scores the
 * validation images; the training score is that of the steps themselves, while the weights change, as in the d2l book.
 *
 * <p>A position and the {@link StepExecutor#state()} that belongs to it decide everything that follows: training that
 * resumes from there ends with the same bits as training that was never interrupted.
 */
public final class TrainingLoop implements AutoCloseable {
    /** Batches that are made while the network trains on another. */
    static final int BATCHES_AHEAD = 2;

    /** Of a batch, for each of several workers: batch norm has no variance of one value. */
    public static final int MIN_IMAGES = 2;

    private final StepExecutor executor;
    private final DivergenceGuard divergence;
    private final ImageBatches training;
    private final ImageSet validationImages;
    private final ImageBatches validation;

    /**
     * Prepares the training of a network.
     *
     * @param training in a new order each epoch
     * @param validation in the order of its images
     */
    public TrainingLoop(
            StepExecutor executor, ImageBatches training, ImageSet validationImages, ImageBatches validation) {
        this.executor = executor;
        this.divergence = new DivergenceGuard(
                executor::hasFiniteWeights, validationImages.classNames().size());
        this.training = training;
        this.validationImages = validationImages;
        this.validation = validation;
    }

    /** The training of a Deeplearning4j graph as the spec says. */
    public static TrainingLoop of(GraphNetwork network, TrainingSpec spec, ImageSet training, ImageSet validation) {
        ImageBatches batches = batches(spec, training);
        return new TrainingLoop(
                GraphExecutor.of(network, spec, batches),
                batches,
                validation,
                ImageBatches.inOrder(validation, spec.data().input()));
    }

    /** The batches that a spec trains on: sampled and augmented, all drawn from its seed, of the size of each epoch. */
    public static ImageBatches batches(TrainingSpec spec, ImageSet images) {
        return batches(spec, images, 1);
    }

    /** The same for so many workers, each of which trains on a part of every batch. */
    public static ImageBatches batches(TrainingSpec spec, ImageSet images, int workers) {
        int size = Math.min(spec.optimisation().batchSize(), images.size());
        ImageBatches batches = new ImageBatches(
                images,
                size,
                spec.data().input(),
                order(spec, images),
                // A last batch of one image for a worker can leave batch norm a single value per channel.
                images.size() % size < MIN_IMAGES * workers ? LastBatch.DROP : LastBatch.KEEP,
                spec.data().augmentation().augmenter(spec.seed()));
        return batches.withSizes(spec::trainingSize);
    }

    private static BatchOrder order(TrainingSpec spec, ImageSet images) {
        ImbalanceSpec imbalance = spec.optimisation().imbalance();
        return switch (imbalance.sampler()) {
            case BALANCED -> new BatchOrder.Balanced(images, spec.seed());
            case SHUFFLED ->
                imbalance.skipLearnt() == 0
                        ? new BatchOrder.Shuffled(spec.seed())
                        : new BatchOrder.WithoutLearnt(
                                images.size(), spec.seed(), spec.optimisation().epochs() - 1, imbalance.skipLearnt());
        };
    }

    public StepExecutor executor() {
        return executor;
    }

    @Override
    public void close() {
        executor.close();
    }

    /**
     * Trains from a position until so many epochs are finished.
     *
     * @param stop asked after every step that the executor does not take together with others, and between the batches of a validation
     * @return where training ended: after the last epoch, or where it was stopped
     * @throws ResidualException of kind DIVERGED as soon as the loss or a weight is not finite, or the loss stays high
     */
    public Position train(Position from, int epochs, TrainingListener listener, BooleanSupplier stop) {
        Position at = from;
        while (at.epochs() < epochs && !stop.getAsBoolean()) {
            listener.epochStarted(at, training.imagesPerEpoch());
            at = steps(at, listener, stop);
            long start = System.nanoTime();
            Optional<Validation> raw = stop.getAsBoolean() ? Optional.empty() : validate(stop);
            Optional<Validation> averaged = raw.isEmpty() || !executor.averagesWeights()
                    ? raw
                    : executor.withAveragedWeights(() -> validate(stop));
            if (raw.isEmpty() || averaged.isEmpty()) {
                return at;
            }
            EpochMetrics metrics = metrics(at, averaged.get(), raw.get(), secondsSince(start));
            at = at.afterEpoch();
            listener.epochDone(at, metrics);
        }
        return at;
    }

    private EpochMetrics metrics(Position at, Validation validated, Validation raw, double validationSeconds) {
        ScoreSum trained = at.score();
        return new EpochMetrics(
                at.epoch(),
                executor.learningRate(at.iterations() - 1),
                trained.meanLoss(),
                trained.accuracy(),
                validated.score().meanLoss(),
                validated.score().accuracy(),
                validated.confusion().balancedAccuracy(),
                validated.confusion().macroAverage().f1(),
                OptionalDouble.of(validated.confusion().matthews().orElse(0)),
                raw.score().meanLoss(),
                raw.score().accuracy(),
                trained.images() / at.seconds(),
                at.seconds() + validationSeconds);
    }

    private Optional<Validation> validate(BooleanSupplier stop) {
        return Inference.score(executor, validation, validationImages, stop);
    }

    /**
     * Makes sure that the weights can be saved.
     *
     * @throws ResidualException of kind DIVERGED if one is not finite
     */
    public void requireFiniteWeights(Position at) {
        divergence.checkWeights(at);
    }

    private Position steps(Position from, TrainingListener listener, BooleanSupplier stop) {
        long start = System.nanoTime();
        Position at = from;
        try (StepExecutor.Steps steps = executor.epoch(training, from)) {
            while (!stop.getAsBoolean() && steps.hasNext()) {
                List<StepExecutor.Step> taken = steps.next();
                double seconds = from.seconds() + secondsSince(start);
                int images = 0;
                for (StepExecutor.Step step : taken) {
                    divergence.check(at, step.loss());
                    at = at.afterStep(at.score().plus(step.loss(), step.hits(), step.images()), seconds);
                    images += step.images();
                }
                listener.stepDone(at, images);
            }
        }
        divergence.checkWeights(at);
        return at;
    }

    private static double secondsSince(long start) {
        return seconds(start, System.nanoTime());
    }

    /** Above 0, also on a virtual machine whose clock stands still or was set back: a rate must not be infinite. */
    static double seconds(long start, long end) {
        return (double) Math.max(1, end - start) / TimeUnit.SECONDS.toNanos(1);
    }
}
