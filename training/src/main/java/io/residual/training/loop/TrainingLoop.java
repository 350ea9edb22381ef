package io.residual.training.loop;

import io.residual.core.ResidualException;
import io.residual.data.ImageBatches;
import io.residual.data.ImageSet;
import io.residual.data.Prefetch;
import io.residual.training.config.TrainingSpec;
import io.residual.training.network.GraphNetwork;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;

/**
 * The training loop. An epoch visits every training image once, then scores the validation images; the training score is
 * that of the steps themselves, while the weights change, as in the d2l book.
 *
 * <p>A position, with the {@link #state()} that belongs to it, decides all that follows: training that went on from there
 * ends with the same bits as training that was never interrupted.
 */
public final class TrainingLoop {
    /** Batches that are made while the network trains on another. */
    static final int BATCHES_AHEAD = 2;

    private final GraphNetwork network;
    private final ComputationGraph graph;
    private final TrainingStep step;
    private final DivergenceGuard divergence;
    private final ImageBatches training;
    private final ImageSet validationImages;
    private final ImageBatches validation;

    /**
     * Prepares the training of a network.
     *
     * @param spec how to train
     * @param training in a new order each epoch
     * @param validation in the order of its images
     */
    public TrainingLoop(
            GraphNetwork network,
            TrainingSpec spec,
            ImageBatches training,
            ImageSet validationImages,
            ImageBatches validation) {
        this.network = network;
        this.graph = network.graph();
        this.step = new TrainingStep(network, spec, training.batches());
        this.divergence =
                new DivergenceGuard(graph, validationImages.classNames().size());
        this.training = training;
        this.validationImages = validationImages;
        this.validation = validation;
    }

    /** What a step and an epoch tell to whoever watches. */
    public interface Watcher {
        /** Before the first step of an epoch, or before the rest of one that was interrupted. */
        default void epochStarted(Position at, long images) {}

        /** After each step of so many images. */
        default void stepDone(Position at, int images) {}

        /** After each epoch. */
        default void epochDone(Position at, Epoch epoch) {}

        /** Several watchers, told in this order. */
        static Watcher all(Watcher... watchers) {
            return new LoopListeners(List.of(watchers));
        }
    }

    /**
     * What came of an epoch.
     *
     * @param number from 1
     * @param learningRate of the last step
     * @param validation of the weights that are worth keeping: the averaged ones where the spec asks for an average
     * @param rawValidation of the weights themselves
     * @param trainingSeconds of the training steps alone
     * @param seconds of training and validation
     */
    public record Epoch(
            int number,
            double learningRate,
            Score training,
            Score validation,
            Score rawValidation,
            double trainingSeconds,
            double seconds) {
        public double imagesPerSecond() {
            return training.images() / trainingSeconds;
        }
    }

    /** The arrays that decide the next steps, by name: live, to be saved, or to be assigned to before training goes on. */
    public Map<String, INDArray> state() {
        Map<String, INDArray> arrays = new TreeMap<>();
        step.state().forEach((name, array) -> arrays.put("step." + name, array));
        arrays.put("parameters", graph.params());
        return arrays;
    }

    /** Lengthens or shortens all steps from now on: the learning rate of the spec is multiplied by the factor. */
    public void scaleRate(double factor) {
        step.scaleRate(factor);
    }

    /**
     * Trains from a position until so many epochs are over.
     *
     * @param stop asked after every step, and between the batches of a validation
     * @return where training ended: after the last epoch, or where it was stopped
     * @throws ResidualException of kind DIVERGED as soon as the loss or a weight is not finite, or the loss stays high
     */
    public Position train(Position from, int epochs, Watcher watcher, BooleanSupplier stop) {
        graph.getConfiguration().setIterationCount(Math.toIntExact(from.iterations()));
        graph.getConfiguration().setEpochCount(from.epochs());
        Position at = from;
        while (at.epochs() < epochs && !stop.getAsBoolean()) {
            watcher.epochStarted(at, training.imagesPerEpoch());
            at = steps(at, watcher, stop);
            long start = System.nanoTime();
            Optional<Score> raw = stop.getAsBoolean() ? Optional.empty() : validate(stop);
            Optional<Score> kept = raw.isEmpty() || step.average().isEmpty()
                    ? raw
                    : step.average().get().within(() -> validate(stop));
            if (raw.isEmpty() || kept.isEmpty()) {
                return at;
            }
            double seconds = at.seconds() + secondsSince(start);
            Epoch epoch = new Epoch(
                    at.epoch(),
                    step.learningRate(at.iterations() - 1),
                    at.score().mean(),
                    kept.get(),
                    raw.get(),
                    at.seconds(),
                    seconds);
            at = at.afterEpoch();
            graph.incrementEpochCount();
            watcher.epochDone(at, epoch);
        }
        return at;
    }

    private Optional<Score> validate(BooleanSupplier stop) {
        return Inference.score(network, validation, validationImages, stop);
    }

    /** Does something while the network has the weights that are worth keeping: the averaged ones, if there are such. */
    public void withKeptWeights(Runnable action) {
        if (step.average().isEmpty()) {
            action.run();
        } else {
            step.average().get().within(() -> {
                action.run();
                return true;
            });
        }
    }

    /**
     * Makes sure that the weights are worth keeping.
     *
     * @throws ResidualException of kind DIVERGED if one is not finite
     */
    public void requireFiniteWeights(Position at) {
        divergence.checkWeights(at);
    }

    private Position steps(Position from, Watcher watcher, BooleanSupplier stop) {
        long start = System.nanoTime();
        Position at = from;
        try (Prefetch batches = new Prefetch(training.epoch(from.epochs()).skip(from.steps()), BATCHES_AHEAD)) {
            while (!stop.getAsBoolean() && batches.hasNext()) {
                DataSet batch = batches.next();
                TrainingStep.Result result = step.run(batch, at.iterations());
                divergence.check(at, result.loss());
                at = at.afterStep(
                        at.score().plus(result.loss(), result.hits(), batch.numExamples()),
                        from.seconds() + secondsSince(start));
                watcher.stepDone(at, batch.numExamples());
                batch.getFeatures().close();
            }
        }
        divergence.checkWeights(at);
        return at;
    }

    private static double secondsSince(long start) {
        return (double) (System.nanoTime() - start) / TimeUnit.SECONDS.toNanos(1);
    }
}
