package io.residual.evaluation.predict;

import io.residual.data.SkippedFiles;
import io.residual.evaluation.predict.PredictionQueue.Failed;
import io.residual.evaluation.predict.PredictionQueue.Predicted;
import io.residual.evaluation.predict.PredictionQueue.Result;
import io.residual.training.cli.Console;
import java.io.PrintWriter;
import java.nio.file.Path;

/** Predicts file after file and writes the results, those that are errors to another stream. */
final class FilePredictor implements PictureFiles.Visitor {
    private final PredictionQueue<String> queue;
    private final OutputFormat.Writer writer;
    private final PrintWriter out;
    private final PrintWriter err;
    private PredictionCounts counts = PredictionCounts.NONE;

    FilePredictor(
            Classifier classifier, InvertMode inversion, OutputFormat.Writer writer, PrintWriter out, PrintWriter err) {
        this.queue = new PredictionQueue<>(classifier, inversion, this::write);
        this.writer = writer;
        this.out = out;
        this.err = err;
    }

    @Override
    public void file(Path file) {
        queue.add(file.toString(), decoder -> decoder.decode(file));
    }

    private void write(String file, Result result) {
        if (result instanceof Failed failed) {
            error(file + ": " + failed.reason());
        } else {
            writer.write(file, ((Predicted) result).prediction());
            Console.require(out);
            counts = counts.plus(result);
        }
    }

    @Override
    public void error(String message) {
        err.println("error: " + message);
        counts = counts.plus(new Failed(message));
    }

    @Override
    public void skipped(Path folder, SkippedFiles files) {
        if (!files.isEmpty()) {
            err.println("note: " + folder + ": skipped files: " + files.summary());
        }
    }

    /** Writes what is left. */
    PredictionCounts end() {
        queue.end();
        return counts;
    }
}
