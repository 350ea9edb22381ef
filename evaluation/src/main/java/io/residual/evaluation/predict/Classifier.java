package io.residual.evaluation.predict;

import io.residual.core.ImageShape;
import io.residual.core.ResidualException;
import io.residual.data.InputForm;
import io.residual.data.picture.Picture;
import io.residual.data.picture.PictureDecoder;
import io.residual.data.picture.PictureException;
import io.residual.evaluation.explain.GradCam;
import io.residual.evaluation.explain.HeatGrid;
import io.residual.evaluation.model.TrainedModel;
import io.residual.evaluation.predict.Prediction.ClassProbability;
import io.residual.evaluation.predict.Preprocessing.Input;
import io.residual.evaluation.predict.Preprocessing.Polarity;
import io.residual.training.device.InferenceDevice;
import io.residual.training.run.Backend;
import io.residual.training.run.RunDirectory;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * The model of a run, for programs that classify images. Safe for use by any number of threads, whose requests are
 * computed in batches. Closing answers the requests that wait.
 */
public final class Classifier implements AutoCloseable {
    private final ImageShape shape;
    private final InputForm form;
    private final List<String> classNames;
    private final InvertMode inversion;
    private final PictureDecoder decoder;
    private final TrainedModel model;
    private final Certainties certainties;
    private final GradCam heatMaps;
    private final int maxBatchSize;
    private final DynamicBatcher batches;
    /** That is closed with this, if any. */
    private final @Nullable InferenceDevice device;

    private Classifier(TrainedModel model, ClassifierOptions options, @Nullable InferenceDevice device) {
        this.model = model;
        this.device = device;
        this.certainties = Certainties.of(model, options);
        this.shape = model.spec().input();
        this.form = model.input();
        this.classNames = model.classes();
        this.inversion = options.inversion();
        this.decoder = new PictureDecoder(options.limits());
        this.heatMaps = GradCam.of(model.networks());
        this.maxBatchSize = options.maxBatchSize();
        this.batches = new DynamicBatcher(this::logits, options.maxBatchSize(), options.maxQueueSize());
    }

    /**
     * Opens the last model of a run.
     *
     * @param run directory of the run
     * @throws ResidualException with a message for the user, of kind BAD_RUN if the run or its model cannot be read,
     *     NO_BACKEND if the backend is missing
     */
    public static Classifier open(Path run) {
        return open(run, ClassifierOptions.DEFAULT);
    }

    /**
     * Opens a model of a run, and runs it once, so that no request waits for the preparations.
     *
     * @param run directory of the run
     * @throws ResidualException with a message for the user, of kind BAD_RUN if the run or its model cannot be read,
     *     NO_BACKEND if the backend is missing, NO_DEVICE if the GPU that is asked for cannot be used, BAD_SETTING if the model's
     *     calibration cannot give the coverage
     */
    public static Classifier open(Path run, ClassifierOptions options) {
        RunDirectory directory = RunDirectory.open(run);
        Backend.require();
        InferenceDevice device = InferenceDevice.open(options.inference(), options.maxBatchSize());
        boolean complete = false;
        try {
            TrainedModel model = TrainedModel.load(directory, options.checkpoint(), device);
            Classifier classifier = new Classifier(model, options, device).warmedUp();
            complete = true;
            return classifier;
        } finally {
            if (!complete) {
                device.close();
            }
        }
    }

    /** For a model that is loaded, whose checkpoint and device count. */
    public static Classifier of(TrainedModel model, ClassifierOptions options) {
        return new Classifier(model, options, null).warmedUp();
    }

    private Classifier warmedUp() {
        float[] blank = new float[Math.toIntExact(shape.values())];
        try {
            await(batches.submit(blank));
            return this;
        } catch (ResidualException e) {
            close();
            throw e;
        }
    }

    /** A result, or the error of the model that came in its place. */
    static <T> T await(CompletableFuture<T> result) {
        try {
            return result.join();
        } catch (CompletionException e) {
            throw e.getCause() instanceof ResidualException error ? error : e;
        }
    }

    /** Names of the classes, in the order of the network's outputs. */
    public List<String> classNames() {
        return classNames;
    }

    /** What predictions lack for want of a calibration, and why; empty if nothing. */
    public Optional<String> limitation() {
        return certainties.limitation();
    }

    /** Shape of the network's input, [channels, height, width], to which images are converted. */
    public ImageShape inputShape() {
        return shape;
    }

    /** Reads images within this classifier's limits. */
    public PictureDecoder decoder() {
        return decoder;
    }

    /** How many images wait. */
    public int waiting() {
        return batches.waiting();
    }

    /**
     * Classifies a file.
     *
     * @throws PictureException if it is no image, too large or damaged
     * @throws IOException if it is missing or cannot be read
     * @throws IllegalStateException if this is closed
     */
    public Prediction classify(Path file) throws IOException {
        return classify(decoder.decode(file));
    }

    /**
     * Classifies the content of a file.
     *
     * @throws PictureException if it is no image, too large or damaged
     * @throws IOException if the thread is interrupted while it waits
     * @throws IllegalStateException if this is closed
     */
    public Prediction classify(byte[] file) throws IOException {
        return classify(decoder.decode(file));
    }

    /**
     * Classifies an image, and waits for the result; if too many images wait, also for a place in the queue.
     *
     * @throws IOException if the thread is interrupted while it waits
     * @throws IllegalStateException if this is closed
     */
    public Prediction classify(Picture picture) throws IOException {
        try {
            return submitWhenRoom(picture, inversion).join();
        } catch (CompletionException e) {
            throw e.getCause() instanceof RuntimeException cause ? cause : e;
        }
    }

    /**
     * Classifies an image in the background, as soon as there is a place in the queue.
     *
     * @return the prediction to come
     * @throws InterruptedIOException if the thread is interrupted while it waits for a place
     * @throws IllegalStateException if this is closed
     */
    CompletableFuture<Prediction> submitWhenRoom(Picture picture, InvertMode choice) throws InterruptedIOException {
        Input input = input(picture, choice);
        try {
            return batches.submitWhenRoom(input.values()).thenApply(row -> prediction(row, input));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw (InterruptedIOException)
                    new InterruptedIOException("interrupted while waiting for a prediction").initCause(e);
        }
    }

    /**
     * Classifies an image in the background, with its own inversion.
     *
     * @return the prediction to come
     * @throws RejectedExecutionException if too many images wait
     * @throws IllegalStateException if this is closed
     */
    public CompletableFuture<Prediction> submit(Picture picture, InvertMode choice) {
        Input input = input(picture, choice);
        return batches.submit(input.values()).thenApply(row -> prediction(row, input));
    }

    /**
     * Classifies images together, in the thread that calls.
     *
     * @param images at least one and at most {@link #maxBatchSize}
     */
    List<Prediction> classify(List<Input> images) {
        List<float[]> rows = logits(images.stream().map(Input::values).toList());
        return IntStream.range(0, images.size())
                .mapToObj(i -> prediction(rows.get(i), images.get(i)))
                .toList();
    }

    /** What the network takes for an image, and whether it was inverted. */
    Input input(Picture picture, InvertMode choice) {
        return preprocessing(choice).of(picture);
    }

    /** Images that are computed together at most. */
    int maxBatchSize() {
        return maxBatchSize;
    }

    boolean isOnGpu() {
        return model.inference().device().isGpu();
    }

    /**
     * Which places of an image support a class: Grad-CAM of the last stage. Takes several times as long as a prediction;
     * calls from several threads wait for each other.
     *
     * @param ofClass in [0, classes)
     */
    public HeatGrid heatMap(Picture picture, InvertMode choice, int ofClass) {
        Input input = input(picture, choice);
        synchronized (heatMaps) {
            try (INDArray batch = batch(List.of(input.values()))) {
                return heatMaps.of(batch, ofClass).get(0);
            }
        }
    }

    /** The input of the network for an image: its channels and size, inverted or not; values in [0, 255]. */
    public Picture networkInput(Picture picture, InvertMode choice) {
        return preprocessing(choice).networkInput(picture);
    }

    private Preprocessing preprocessing(InvertMode choice) {
        return new Preprocessing(form, shape.channels(), choice);
    }

    private Prediction prediction(float[] logits, Input input) {
        float[] row = certainties.probabilities(logits);
        List<ClassProbability> probabilities = new ArrayList<>(row.length);
        for (int c = 0; c < row.length; c++) {
            probabilities.add(new ClassProbability(classNames.get(c), row[c]));
        }
        return new Prediction(
                probabilities, input.polarity() == Polarity.INVERTED, certainties.of(logits, row, classNames));
    }

    private synchronized List<float[]> logits(List<float[]> images) {
        try (INDArray batch = batch(images)) {
            return Arrays.asList(model.logits(batch));
        }
    }

    private INDArray batch(List<float[]> images) {
        int values = images.get(0).length;
        float[] all = new float[Math.multiplyExact(images.size(), values)];
        for (int i = 0; i < images.size(); i++) {
            System.arraycopy(images.get(i), 0, all, i * values, values);
        }
        INDArray batch = Nd4j.createUninitialized(
                DataType.FLOAT, images.size(), shape.channels(), shape.height(), shape.width());
        batch.data().asNioFloat().put(all);
        return batch;
    }

    /** Rejects new images, and returns when those that wait are answered. */
    @Override
    public void close() {
        batches.close();
        if (device != null) {
            device.close();
        }
    }
}
