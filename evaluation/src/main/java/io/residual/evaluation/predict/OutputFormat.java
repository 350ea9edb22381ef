package io.residual.evaluation.predict;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.residual.evaluation.predict.Prediction.Certainty;
import io.residual.report.Numbers;
import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The formats of predictions. */
public enum OutputFormat {
    /** The three most likely classes, for people. */
    TEXT {
        @Override
        public Writer writer(PrintWriter out, List<String> classNames) {
            return (file, prediction) -> {
                String ranking = prediction.ranking().stream()
                        .limit(TOP_K)
                        .map(p -> String.format(Locale.ROOT, "%s %.4f", p.className(), p.probability()))
                        .collect(Collectors.joining(", "));
                out.println(file + ": "
                        + (prediction.certainty().abstained() ? "not sure (" + ranking + ")" : ranking)
                        + certainty(prediction.certainty())
                        + (prediction.inverted() ? " (inverted)" : ""));
            };
        }
    },
    /**
     * By RFC 4180: a header, then file, class, its probability, the probability of every class, and how sure that is; the classes
     * of a set are separated by semicolons.
     */
    CSV {
        @Override
        public Writer writer(PrintWriter out, List<String> classNames) {
            Stream<String> head = Stream.of("file", "class", "probability", "inverted");
            csvLine(
                    out,
                    Stream.of(head, classNames.stream(), Stream.of("abstained", "set", "energy", "outlierPValue")));
            return (file, prediction) -> csvLine(
                    out,
                    Stream.of(
                            Stream.of(
                                    file,
                                    prediction.certainty().abstained() ? "" : prediction.className(),
                                    number(prediction.probability()),
                                    String.valueOf(prediction.inverted())),
                            prediction.probabilities().stream().map(p -> number(p.probability())),
                            csvCertainty(prediction.certainty())));
        }
    },
    /** One JSON object on each line. */
    JSONL {
        @Override
        public Writer writer(PrintWriter out, List<String> classNames) {
            return (file, prediction) -> {
                ObjectNode line = JsonNodeFactory.instance.objectNode().put("file", file);
                line.setAll(prediction.toJson());
                out.println(line);
            };
        }
    };

    /** Writes predictions in one of the formats. */
    @FunctionalInterface
    public interface Writer {
        /**
         * Writes one line.
         *
         * @param file as the user named it
         */
        void write(String file, Prediction prediction);
    }

    private static final int TOP_K = 3;

    /** A writer of this format, after its header if it has one. */
    public abstract Writer writer(PrintWriter out, List<String> classNames);

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }

    private static String number(double value) {
        return Float.toString((float) value);
    }

    private static Stream<String> csvCertainty(Certainty certainty) {
        OptionalDouble p = certainty.outlierPValue();
        return Stream.of(
                String.valueOf(certainty.abstained()),
                certainty.set().map(set -> String.join(";", set.classNames())).orElse(""),
                number(certainty.energy()),
                p.isPresent() ? number(p.getAsDouble()) : "");
    }

    /** For people: the set, unless it is empty for want of a calibration, and how usual the image is. */
    private static String certainty(Certainty certainty) {
        StringBuilder text = new StringBuilder();
        certainty
                .set()
                .ifPresent(set -> text.append("; ")
                        .append(Numbers.of(100 * set.coverage(), 6))
                        .append(" % set: ")
                        .append(set.classNames().isEmpty() ? "none" : String.join(" or ", set.classNames())));
        certainty
                .outlierPValue()
                .ifPresent(
                        p -> text.append(String.format(Locale.ROOT, "; energy %.2f, p %.4f", certainty.energy(), p)));
        return text.toString();
    }

    private static void csvLine(PrintWriter out, Stream<Stream<String>> fields) {
        out.print(fields.flatMap(part -> part).map(OutputFormat::csvField).collect(Collectors.joining(",")) + "\r\n");
    }

    private static String csvField(String text) {
        boolean plain = text.chars().noneMatch(c -> c == ',' || c == '"' || c == '\r' || c == '\n');
        return plain ? text : '"' + text.replace("\"", "\"\"") + '"';
    }
}
