package io.residual.spark.predict;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.residual.evaluation.predict.OutputFormat;
import io.residual.evaluation.predict.PredictionQueue.Failed;
import io.residual.evaluation.predict.PredictionQueue.Predicted;
import io.residual.evaluation.predict.PredictionQueue.Result;
import java.io.Closeable;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/** The formats of predictions on a cluster. An image that could not be read has its name and the error. */
enum PartFormat {
    /** One JSON object on each line, as {@code predict --format jsonl} writes it. */
    JSONL {
        @Override
        Writer open(Path file, List<String> classNames) throws IOException {
            return new JsonLines(file, classNames);
        }
    },
    /** A table with a column for each name of the JSON objects. */
    PARQUET {
        @Override
        Writer open(Path file, List<String> classNames) throws IOException {
            return new ParquetRows(file);
        }
    };

    /** Writes the images of a part, in their order. */
    interface Writer extends Closeable {
        /**
         * Writes the next image.
         *
         * @param file in the words of the user
         */
        void write(String file, Result result) throws IOException;
    }

    /** A writer of a new file on this machine. */
    abstract Writer open(Path file, List<String> classNames) throws IOException;

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }

    private static final class JsonLines implements Writer {
        private final PrintWriter out;
        private final OutputFormat.Writer predictions;

        JsonLines(Path file, List<String> classNames) throws IOException {
            out = new PrintWriter(Files.newBufferedWriter(file, StandardCharsets.UTF_8));
            predictions = OutputFormat.JSONL.writer(out, classNames);
        }

        @Override
        public void write(String file, Result result) {
            if (result instanceof Failed failed) {
                out.println(
                        JsonNodeFactory.instance.objectNode().put("file", file).put("error", failed.reason()));
            } else {
                predictions.write(file, ((Predicted) result).prediction());
            }
        }

        @Override
        public void close() throws IOException {
            out.close();
            if (out.checkError()) {
                throw new IOException("the predictions cannot be written: is there space in the temporary directory?");
            }
        }
    }
}
