package io.residual.evaluation.predict;

import io.residual.core.ResidualException;
import io.residual.core.ResidualException.Kind;
import io.residual.core.files.IoErrors;
import io.residual.data.picture.Picture;
import io.residual.data.picture.PictureDecoder;
import io.residual.data.picture.PictureException;
import io.residual.evaluation.cli.PictureLimitOptions;
import io.residual.evaluation.predict.Preprocessing.Input;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.file.NoSuchFileException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiConsumer;
import java.util.stream.Stream;

/**
 * Predicts image after image, some ahead of the one whose result comes next, so that they fill batches. Results come in the
 * order of the images; one that cannot be read has the reason as its result. For one thread.
 *
 * @param <K> what an image is recognised by, such as its file
 */
public final class PredictionQueue<K> {
    /** Enough for full batches while more images are decoded. */
    private static final int MAX_PENDING = 128;

    /** What became of an image. */
    public sealed interface Result {}

    /**
     * It was classified.
     *
     * @param lightBackground whether it was not inverted, though its background is light and the network takes grey images
     */
    public record Predicted(Prediction prediction, boolean lightBackground) implements Result {}

    /** It could not be read. */
    public record Failed(String reason) implements Result {}

    /** Where the pixels of an image come from. */
    @FunctionalInterface
    public interface Content {
        /**
         * Reads them.
         *
         * @throws PictureException if this is no image, too large or damaged
         * @throws IOException if it is missing or cannot be read
         */
        Picture read(PictureDecoder decoder) throws IOException;
    }

    private record Pending<K>(K key, CompletableFuture<Result> result) {}

    /** An image that this thread will compute. */
    private record Waiting(Input input, CompletableFuture<Prediction> result) {}

    private enum Computing {
        BESIDE,
        IN_THREAD
    }

    private final Classifier classifier;
    private final InvertMode inversion;
    private final BiConsumer<K, Result> results;
    private final Computing computing;
    private final Deque<Pending<K>> pending = new ArrayDeque<>();
    private final Deque<Waiting> waiting = new ArrayDeque<>();

    private PredictionQueue(
            Classifier classifier, InvertMode inversion, BiConsumer<K, Result> results, Computing computing) {
        this.classifier = classifier;
        this.inversion = inversion;
        this.results = results;
        this.computing = computing;
    }

    /**
     * Prepares predictions that are computed while the thread which adds images decodes the next.
     *
     * @param results gets those that are ready, while images are added
     */
    public PredictionQueue(Classifier classifier, InvertMode inversion, BiConsumer<K, Result> results) {
        this(classifier, inversion, results, Computing.BESIDE);
    }

    /**
     * Prepares predictions of a task that has one core: on the CPU, the thread that adds images computes full batches itself,
     * and the images alone decide which are computed together.
     *
     * @param results gets those that are ready, while images are added
     */
    public static <K> PredictionQueue<K> ofTask(
            Classifier classifier, InvertMode inversion, BiConsumer<K, Result> results) {
        return new PredictionQueue<>(
                classifier, inversion, results, classifier.isOnGpu() ? Computing.BESIDE : Computing.IN_THREAD);
    }

    /**
     * Reads an image and submits it.
     *
     * @throws ResidualException if the model cannot compute; of kind INTERRUPTED if the thread is interrupted
     */
    public void add(K key, Content content) {
        CompletableFuture<Result> result;
        try {
            result = submit(content.read(classifier.decoder()));
        } catch (IOException e) {
            if (e instanceof ClosedByInterruptException
                    || Thread.currentThread().isInterrupted()) {
                throw new ResidualException(Kind.INTERRUPTED, "the prediction was interrupted", e);
            }
            result = CompletableFuture.completedFuture(new Failed(reason(e)));
        }
        if (pending.size() >= MAX_PENDING) {
            giveFirst();
        }
        pending.add(new Pending<>(key, result));
    }

    private CompletableFuture<Result> submit(Picture picture) throws IOException {
        boolean light = inversion == InvertMode.NO
                && classifier.inputShape().channels() == 1
                && InvertMode.hasLightBackground(picture);
        return predict(picture).thenApply(prediction -> new Predicted(prediction, light));
    }

    private CompletableFuture<Prediction> predict(Picture picture) throws IOException {
        if (computing == Computing.BESIDE) {
            return classifier.submitWhenRoom(picture, inversion);
        }
        Waiting image = new Waiting(classifier.input(picture, inversion), new CompletableFuture<>());
        waiting.add(image);
        return image.result();
    }

    /** Computes as many of the waiting images as make a batch; sizes are powers of two, which kernels are prepared for. */
    private void computeBatch() {
        if (Thread.currentThread().isInterrupted()) {
            throw new ResidualException(Kind.INTERRUPTED, "the prediction was interrupted");
        }
        int size = Integer.highestOneBit(Math.min(waiting.size(), classifier.maxBatchSize()));
        List<Waiting> batch = Stream.generate(waiting::remove).limit(size).toList();
        List<Prediction> predictions =
                classifier.classify(batch.stream().map(Waiting::input).toList());
        for (int i = 0; i < size; i++) {
            batch.get(i).result().complete(predictions.get(i));
        }
    }

    /** An exception of the file system has the file as its message, and its reason in its type. */
    private static String reason(IOException error) {
        if (error instanceof PictureException picture) {
            return picture.message(PictureLimitOptions.MAX_FILE_MEGABYTES, PictureLimitOptions.MAX_MEGAPIXELS);
        }
        return error instanceof NoSuchFileException || error instanceof FileNotFoundException
                ? "there is no such file"
                : "cannot be read (" + IoErrors.reason(error) + ")";
    }

    private void giveFirst() {
        Pending<K> first = pending.remove();
        while (!waiting.isEmpty() && !first.result().isDone()) {
            computeBatch();
        }
        results.accept(first.key(), Classifier.await(first.result()));
    }

    /** Waits for the results that are left, and gives them. */
    public void end() {
        while (!pending.isEmpty()) {
            giveFirst();
        }
    }
}
