package io.residual.training.device.check;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.PrintStream;
import java.math.BigDecimal;
import java.math.MathContext;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashSet;
import java.util.Set;

/** Lines of JSON, printed and written to a file for each part, which is new in each process. */
final class Results {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Path folder;
    private final PrintStream out;
    private final Set<String> begun = new HashSet<>();

    Results(Path folder, PrintStream out) {
        this.folder = folder;
        this.out = out;
    }

    /** An empty result. */
    static ObjectNode result() {
        return JSON.createObjectNode();
    }

    /** A result of a case in a format. */
    static ObjectNode of(CheckCase each) {
        return result().put("case", each.name()).put("format", each.formatName());
    }

    /** A number of some significant digits. */
    static double rounded(double value, int digits) {
        return Double.isFinite(value)
                ? new BigDecimal(value).round(new MathContext(digits)).doubleValue()
                : value;
    }

    /** Writes a result to PART.jsonl. */
    void write(String part, ObjectNode result) throws IOException {
        String line = JSON.writeValueAsString(result);
        out.println(line);
        out.flush();
        Path file = folder.resolve(part + ".jsonl");
        if (begun.add(part)) {
            Files.deleteIfExists(file);
        }
        Files.writeString(file, line + "\n", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    }

    /** What is no result. */
    void note(String text) {
        out.println(text);
        out.flush();
    }
}
