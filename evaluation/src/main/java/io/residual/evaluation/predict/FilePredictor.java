package io.residual.evaluation.predict;

import io.residual.data.picture.Picture;
import io.residual.data.picture.PictureException;
import io.residual.training.cli.ExitStatus;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;

/** Predicts file after file, some ahead of the one whose result is written, and goes on after files that are no pictures. */
final class FilePredictor implements PictureFiles.Visitor {
    /** Enough for full batches while more files are decoded. */
    private static final int MAX_PENDING = 128;

    private record Pending(String file, CompletableFuture<Prediction> prediction) {}

    private final Classifier classifier;
    private final InvertMode inversion;
    private final PredictionWriter writer;
    private final PrintWriter err;
    private final Deque<Pending> pending = new ArrayDeque<>();
    private long done;
    private long failures;
    private long withLightBackground;

    FilePredictor(Classifier classifier, InvertMode inversion, PredictionWriter writer, PrintWriter err) {
        this.classifier = classifier;
        this.inversion = inversion;
        this.writer = writer;
        this.err = err;
    }

    @Override
    public void file(Path file) {
        Picture picture;
        try {
            picture = classifier.decoder().decode(file);
        } catch (IOException e) {
            fault(file.toString(), reason(e));
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
    private static String reason(IOException fault) {
        if (fault instanceof PictureException) {
            return String.valueOf(fault.getMessage());
        }
        if (fault instanceof NoSuchFileException) {
            return "there is no such file";
        }
        return fault instanceof AccessDeniedException
                ? "may not be read: change its permissions"
                : "cannot be read (" + fault + ")";
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
        writer.write(first.file(), first.prediction().join());
        done++;
    }

    @Override
    public void fault(String argument, String reason) {
        err.println("error: " + argument + ": " + reason);
        failures++;
    }

    /** Writes what is left, and gives the status of the command: DATA if a file could not be read. */
    ExitStatus end() {
        while (!pending.isEmpty()) {
            writeFirst();
        }
        if (withLightBackground > 0) {
            err.println(String.format(
                    Locale.ROOT,
                    "note: %,d of %,d have a light ground: --invert auto turns them, if the network was trained on a dark"
                            + " one as Fashion-MNIST's is",
                    withLightBackground,
                    done));
        }
        if (failures == 0) {
            return ExitStatus.OK;
        }
        err.println(String.format(Locale.ROOT, "error: %,d of %,d could not be read", failures, failures + done));
        return ExitStatus.DATA;
    }
}
