package io.residual.spark.predict;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** Predictions as lines of JSON. */
final class Rows {
    private static final ObjectMapper JSON = new ObjectMapper();

    private Rows() {}

    /** All lines of a cluster's output. */
    static List<JsonNode> in(Path folder) {
        try (Stream<Path> parts = Files.list(folder)) {
            return parts.filter(part -> part.getFileName().toString().startsWith("part-"))
                    .sorted()
                    .flatMap(Rows::linesOf)
                    .map(Rows::read)
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Stream<String> linesOf(Path part) {
        try {
            return Files.readAllLines(part).stream();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static JsonNode read(String line) {
        try {
            return JSON.readTree(line);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static List<JsonNode> predicted(List<JsonNode> rows) {
        return rows.stream().filter(row -> !row.has("error")).toList();
    }

    static List<JsonNode> failed(List<JsonNode> rows) {
        return rows.stream().filter(row -> row.has("error")).toList();
    }

    /**
     * Numbers differ by rounding: a batch has the images that wait when it is computed, and its size decides the kernels. A p
     * value counts images of the calibration, one of which may then be on the other side.
     */
    static void assertAlike(JsonNode row, JsonNode expected) {
        assertThat(row.properties().stream().map(Map.Entry::getKey).toList())
                .isEqualTo(expected.properties().stream().map(Map.Entry::getKey).toList());
        expected.properties().forEach(field -> {
            String name = field.getKey();
            JsonNode value = row.get(name);
            if (field.getValue().isObject()) {
                assertAlike(value, field.getValue());
            } else if (field.getValue().isNumber()) {
                assertThat(value.doubleValue())
                        .as("%s of %s", name, row)
                        .isCloseTo(field.getValue().doubleValue(), within(name.equals("outlierPValue") ? 0.012 : 1e-5));
            } else {
                assertThat(value).as("%s of %s", name, row).isEqualTo(field.getValue());
            }
        });
    }
}
