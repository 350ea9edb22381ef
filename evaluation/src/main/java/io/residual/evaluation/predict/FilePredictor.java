package io.residual.evaluation.predict;

import io.residual.core.files.IoErrors;
import io.residual.data.SkippedFiles;
import io.residual.data.picture.Picture;
import io.residual.data.picture.PictureException;
import io.residual.evaluation.cli.PictureLimitOptions;
import io.residual.training.cli.Console;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;

/** Predicts file after file, some ahead of the one whose result is written, and skips files that are no images. */
final class FilePredictor implements PictureFiles.Visitor {
    /** Enough for full batches while more files are decoded. */
    private static final int MAX_PENDING = 128;

    /**
     * The outcome.
     *
     * @param failed files that could not be read
     * @param withLightBackground predicted without inversion, though they have a light background
     */
    record Counts(long predicted, long failed, long withLightBackground) {}

    private record Pending(String file, CompletableFuture<Prediction> prediction) {}

    private final Classifier classifier;
    private final InvertMode inversion;
    private final OutputFormat.Writer writer;
    private final PrintWriter out;
    private final PrintWriter err;
    private final Deque<Pending> pending = new ArrayDeque<>();
    private long done;
    private long failures;
    private long withLightBackground;

    FilePredictor(
            Classifier classifier, InvertMode inversion, OutputFormat.Writer writer, PrintWriter out, PrintWriter err) {
        this.classifier = classifier;
        this.inversion = inversion;
        this.writer = writer;
        this.out = out;
        this.err = err;
    }

    @Override
    public void file(Path file) {
        Picture picture;
        try {
            picture = classifier.decoder().decode(file);
        } catch (IOException e) {
            error(file + ": " + reason(e));
            return;
        }
        if (pending.size() >= MAX_PENDING) {
            writeFirst();
        }
        if (inversion == InvertMode.NO
                && classifier.inputShape().channels() == 1
                && InvertMode.hasLightBackground(picture)) {
            withLightBackground++;
        }
        pending.add(new Pending(file.toString(), submit(picture)));
    }

    /** An exception of the file system has the file as its message, and its reason in its type. */
    private static String reason(IOException error) {
        if (error instanceof PictureException picture) {
            return picture.message(PictureLimitOptions.MAX_FILE_MEGABYTES, PictureLimitOptions.MAX_MEGAPIXELS);
        }
        return error instanceof NoSuchFileException
                ? "there is no such file"
                : "cannot be read (" + IoErrors.reason(error) + ")";
    }

    private CompletableFuture<Prediction> submit(Picture picture) {
        while (true) {
            try {
                return classifier.submit(picture, inversion);
            } catch (RejectedExecutionException full) {
                writeFirst();
            }
        }
    }

    private void writeFirst() {
        Pending first = pending.remove();
        writer.write(first.file(), Classifier.await(first.prediction()));
        Console.require(out);
        done++;
    }

    @Override
    public void error(String message) {
        err.println("error: " + message);
        failures++;
    }

    @Override
    public void skipped(Path folder, SkippedFiles files) {
        if (!files.isEmpty()) {
            err.println("note: " + folder + ": skipped files: " + files.summary());
        }
    }

    /** Writes what is left. */
    Counts end() {
        while (!pending.isEmpty()) {
            writeFirst();
        }
        return new Counts(done, failures, withLightBackground);
    }
}
