package io.residual.evaluation.predict;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The formats of predictions. */
enum OutputFormat {
    /** The three most likely classes, for people. */
    TEXT {
        @Override
        Writer writer(PrintWriter out, List<String> classNames) {
            return (file, prediction) -> out.println(file + ": "
                    + prediction.ranking().stream()
                            .limit(TOP_K)
                            .map(p -> String.format(Locale.ROOT, "%s %.4f", p.className(), p.probability()))
                            .collect(Collectors.joining(", "))
                    + (prediction.inverted() ? " (inverted)" : ""));
        }
    },
    /** By RFC 4180: a header, then file, class, its probability, and the probability of every class. */
    CSV {
        @Override
        Writer writer(PrintWriter out, List<String> classNames) {
            Stream<String> head = Stream.of("file", "class", "probability", "inverted");
            csvLine(out, Stream.concat(head, classNames.stream()));
            return (file, prediction) -> csvLine(
                    out,
                    Stream.concat(
                            Stream.of(
                                    file,
                                    prediction.className(),
                                    number(prediction.probability()),
                                    String.valueOf(prediction.inverted())),
                            prediction.probabilities().stream().map(p -> number(p.probability()))));
        }
    },
    /** One JSON object on each line. */
    JSONL {
        @Override
        Writer writer(PrintWriter out, List<String> classNames) {
            return (file, prediction) -> {
                ObjectNode line = JsonNodeFactory.instance.objectNode().put("file", file);
                line.setAll(prediction.toJson());
                out.println(line);
            };
        }
    };

    /** Writes predictions in one of the formats. */
    @FunctionalInterface
    interface Writer {
        /**
         * Writes one line.
         *
         * @param file as the user named it
         */
        void write(String file, Prediction prediction);
    }

    private static final int TOP_K = 3;

    /** A writer of this format, after its header if it has one. */
    abstract Writer writer(PrintWriter out, List<String> classNames);

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }

    private static String number(double probability) {
        return Float.toString((float) probability);
    }

    private static void csvLine(PrintWriter out, Stream<String> fields) {
        out.print(fields.map(OutputFormat::csvField).collect(Collectors.joining(",")) + "\r\n");
    }

    private static String csvField(String text) {
        boolean plain = text.chars().noneMatch(c -> c == ',' || c == '"' || c == '\r' || c == '\n');
        return plain ? text : '"' + text.replace("\"", "\"\"") + '"';
    }
}
