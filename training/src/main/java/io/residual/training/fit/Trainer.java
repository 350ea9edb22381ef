package io.residual.training.fit;

import io.residual.training.CommandException;
import io.residual.training.ExitStatus;
import io.residual.training.data.ImageBatches;
import io.residual.training.data.ImageSet;
import io.residual.training.data.Prefetch;
import io.residual.training.network.Network;
import io.residual.training.spec.TrainingSpec;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.nd4j.linalg.dataset.DataSet;

/**
 * The training loop. An epoch visits every training image once, then scores the validation images; the training score is
 * that of the steps themselves, while the weights change, as in the d2l book.
 */
public final class Trainer {
    private static final int BATCHES_AHEAD = 2;

    private final Network network;
    private final TrainingSpec spec;
    private final ComputationGraph graph;
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
    public Trainer(
            Network network,
            TrainingSpec spec,
            ImageBatches training,
            ImageSet validationImages,
            ImageBatches validation) {
        this.network = network;
        this.spec = spec;
        this.graph = network.graph();
        this.training = training;
        this.validationImages = validationImages;
        this.validation = validation;
    }

    /** What a step and an epoch tell to whoever watches. */
    public interface Watcher {
        /** Before the first step of an epoch, counted from 1. */
        void epochStarted(int number, long images);

        /** After each step of so many images: the training score of the epoch so far. */
        void stepDone(int images, Score soFar);

        /** After each epoch. */
        void epochDone(Epoch epoch);
    }

    /**
     * What came of an epoch.
     *
     * @param number from 1
     * @param learningRate of the last step
     * @param trainingSeconds of the training steps alone
     * @param seconds of training and validation
     */
    public record Epoch(
            int number, double learningRate, Score training, Score validation, double trainingSeconds, double seconds) {
        public double imagesPerSecond() {
            return training.images() / trainingSeconds;
        }
    }

    /**
     * Trains for the epochs of the spec.
     *
     * @throws CommandException of status DIVERGED as soon as the loss is not finite
     */
    public void train(Watcher watcher) {
        TrainingStep step = new TrainingStep(network, spec, training.batches());
        int epochs = spec.optimisation().epochs();
        long iteration = 0;
        for (int epoch = 1; epoch <= epochs; epoch++) {
            watcher.epochStarted(epoch, training.imagesPerEpoch());
            ScoreSum sum = new ScoreSum();
            long start = System.nanoTime();
            try (Prefetch batches = new Prefetch(training.epoch(epoch - 1), BATCHES_AHEAD)) {
                while (batches.hasNext()) {
                    DataSet batch = batches.next();
                    TrainingStep.Result result = step.run(batch, iteration++);
                    requireFinite(result.loss(), epoch);
                    sum.add(result.loss(), result.hits(), batch.numExamples());
                    watcher.stepDone(batch.numExamples(), sum.mean());
                    batch.getFeatures().close();
                }
            }
            double trainingSeconds = secondsSince(start);
            graph.incrementEpochCount();
            Score validated = Inference.score(Inference.probabilities(network, validation.epoch(0)), validationImages);
            watcher.epochDone(new Epoch(
                    epoch,
                    step.learningRate(iteration - 1),
                    sum.mean(),
                    validated,
                    trainingSeconds,
                    secondsSince(start)));
        }
    }

    private static double secondsSince(long start) {
        return (double) (System.nanoTime() - start) / TimeUnit.SECONDS.toNanos(1);
    }

    private void requireFinite(double loss, int epoch) {
        if (!Double.isFinite(loss)) {
            throw new CommandException(
                    ExitStatus.DIVERGED,
                    String.format(
                            Locale.ROOT,
                            "the loss became %s in epoch %d, iteration %d: lower the learning rate (--learning-rate)",
                            Double.isNaN(loss) ? "NaN" : "infinite",
                            epoch,
                            graph.getIterationCount()));
        }
    }
}
