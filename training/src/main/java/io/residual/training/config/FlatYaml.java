package io.residual.training.config;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLGenerator;
import com.fasterxml.jackson.dataformat.yaml.YAMLParser;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The part of YAML that presets are written in: one mapping of names to single values. Aliases, tags and second documents
 * are faults, so a file is at most as large in memory as on disk, and names no class.
 *
 * @param entries in the order of the file, each name once
 * @param wholeness whether the text could be read to its end
 */
record FlatYaml(List<Entry> entries, List<Fault> faults, Wholeness wholeness) {
    private static final YAMLFactory YAML = YAMLFactory.builder()
            .streamReadConstraints(
                    StreamReadConstraints.builder().maxNestingDepth(10).build())
            .enable(YAMLGenerator.Feature.MINIMIZE_QUOTES)
            .disable(YAMLGenerator.Feature.WRITE_DOC_START_MARKER)
            .disable(YAMLGenerator.Feature.SPLIT_LINES)
            .build();

    /**
     * A name and its value.
     *
     * @param text as it stands in the file, without quotes; null if what stands there is one of the faults
     */
    record Entry(String name, @Nullable String text, int line) {}

    /** What is wrong on a line, counted from 1. */
    record Fault(int line, String message) {}

    enum Wholeness {
        WHOLE,
        /** The text breaks off where it stops being YAML. */
        CUT
    }

    FlatYaml {
        entries = List.copyOf(entries);
        faults = List.copyOf(faults);
    }

    static FlatYaml read(String yaml) {
        List<Entry> entries = new ArrayList<>();
        List<Fault> faults = new ArrayList<>();
        try (YAMLParser parser = YAML.createParser(yaml)) {
            readDocument(parser, entries, faults);
            return new FlatYaml(entries, faults, Wholeness.WHOLE);
        } catch (JsonProcessingException e) {
            int line = e.getLocation() == null ? 1 : Math.max(1, e.getLocation().getLineNr());
            faults.add(new Fault(line, "not valid YAML: " + firstLine(e.getOriginalMessage())));
            return new FlatYaml(entries, faults, Wholeness.CUT);
        } catch (IOException e) {
            throw new UncheckedIOException("a text in memory cannot fail to be read", e);
        }
    }

    private static void readDocument(YAMLParser parser, List<Entry> entries, List<Fault> faults) throws IOException {
        JsonToken first = parser.nextToken();
        if (first != JsonToken.START_OBJECT) {
            faults.add(new Fault(line(parser), "expected lines of the form \"name: value\""));
            return;
        }
        Map<String, Integer> lines = new HashMap<>();
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
            String name = parser.currentName();
            int line = line(parser);
            refuseReferences(parser, faults);
            String text = readValue(parser, name, faults);
            Integer before = lines.putIfAbsent(name, line);
            if (before != null) {
                faults.add(new Fault(line, name + " is set twice, first on line " + before));
            } else {
                entries.add(new Entry(name, text, line));
            }
        }
        if (parser.nextToken() != null) {
            faults.add(new Fault(line(parser), "a second document begins: one file holds one preset"));
        }
    }

    /** Null, and a fault, if there is no single value. */
    private static @Nullable String readValue(YAMLParser parser, String name, List<Fault> faults) throws IOException {
        JsonToken token = parser.nextToken();
        int line = line(parser);
        if (refuseReferences(parser, faults)) {
            parser.skipChildren();
            return null;
        }
        if (token.isStructStart()) {
            faults.add(new Fault(
                    line,
                    name + ": expected a single value, got a "
                            + (token == JsonToken.START_ARRAY ? "list" : "mapping")));
            parser.skipChildren();
            return null;
        }
        String text = parser.getText();
        if (token == JsonToken.VALUE_NULL || text.isEmpty()) {
            faults.add(new Fault(line, name + " has no value"));
            return null;
        }
        return text;
    }

    private static boolean refuseReferences(YAMLParser parser, List<Fault> faults) throws IOException {
        if (parser.isCurrentAlias() || parser.getObjectId() != null) {
            faults.add(new Fault(line(parser), "anchors (&) and aliases (*) are not read: write the value out"));
            return true;
        }
        if (parser.getTypeId() != null) {
            faults.add(new Fault(line(parser), "tags (!) are not read: write the value alone"));
            return true;
        }
        return false;
    }

    private static int line(JsonParser parser) {
        return Math.max(1, parser.currentTokenLocation().getLineNr());
    }

    private static String firstLine(String message) {
        return message.lines().findFirst().orElse("");
    }

    /** The mapping as YAML, in the map's order, a line each. */
    static String write(Map<String, String> values) {
        StringWriter text = new StringWriter();
        try (var generator = YAML.createGenerator(text)) {
            generator.writeStartObject();
            for (Map.Entry<String, String> entry : values.entrySet()) {
                generator.writeStringField(entry.getKey(), entry.getValue());
            }
            generator.writeEndObject();
        } catch (IOException e) {
            throw new UncheckedIOException("a text in memory cannot fail to be written", e);
        }
        return text.toString();
    }
}
