package io.residual.laboratory.landscape;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.residual.core.ResidualException;
import io.residual.training.cli.OutputFile;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalDouble;

/** The files of a survey: {@code landscape.html}, {@code landscape.json} and {@code landscape.csv}. */
public record LandscapeFiles(Path directory) {
    /**
     * The files in a directory, which is created if it is not there.
     *
     * @throws ResidualException of kind BAD_RUN if it cannot be
     */
    public static LandscapeFiles in(Path directory) {
        OutputFile.createDirectory(directory, "name another one by --out");
        return new LandscapeFiles(directory);
    }

    public Path page() {
        return directory.resolve("landscape.html");
    }

    public Path json() {
        return directory.resolve("landscape.json");
    }

    public Path csv() {
        return directory.resolve("landscape.csv");
    }

    /**
     * Writes all, each file whole or not at all.
     *
     * @throws ResidualException of kind BAD_RUN if one cannot be written
     */
    public void write(LandscapeResult result) {
        write(json(), toJson(result));
        write(csv(), toCsv(result));
        write(page(), LandscapePage.of(result).toHtml());
    }

    private static void write(Path file, String text) {
        OutputFile.write(file, text, "is it writable?");
    }

    /** Unrounded numbers, null where undefined. */
    private static String toJson(LandscapeResult result) {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.put("command", result.command()).put("images", result.images()).putPOJO("versions", result.versions());
        ArrayNode all = json.putArray("landscapes");
        for (Landscape landscape : result.landscapes()) {
            ObjectNode one = all.addObject();
            one.putPOJO("subject", landscape.subject());
            one.put("training", landscape.training()).put("accuracy", landscape.accuracy());
            ArrayNode places = one.putArray("places");
            landscape.places().forEach(places::add);
            ArrayNode rows = one.putArray("losses");
            for (List<OptionalDouble> row : landscape.losses()) {
                ArrayNode cells = rows.addArray();
                row.forEach(loss -> loss.ifPresentOrElse(cells::add, cells::addNull));
            }
        }
        try {
            return new ObjectMapper().writeValueAsString(json) + "\n";
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a tree of numbers and texts could not be written as JSON", e);
        }
    }

    /** A line a place; all texts are names without commas and quotes. */
    private static String toCsv(LandscapeResult result) {
        StringBuilder csv = new StringBuilder("network,depth,shortcuts,seed,first,second,loss\r\n");
        for (Landscape landscape : result.landscapes()) {
            List<Double> places = landscape.places();
            for (int b = 0; b < places.size(); b++) {
                for (int a = 0; a < places.size(); a++) {
                    OptionalDouble loss = landscape.losses().get(b).get(a);
                    csv.append(String.join(
                                    ",",
                                    landscape.subject().name(),
                                    String.valueOf(landscape.subject().depth()),
                                    landscape.subject().shortcuts().toString(),
                                    String.valueOf(landscape.subject().seed()),
                                    String.valueOf(places.get(a)),
                                    String.valueOf(places.get(b)),
                                    loss.isPresent() ? String.valueOf(loss.getAsDouble()) : ""))
                            .append("\r\n");
                }
            }
        }
        return csv.toString();
    }
}
