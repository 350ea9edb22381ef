package io.residual.tuning.sweep;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLParser;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Reads one YAML document into nodes with lines. Anchors, aliases, tags and second documents are faults, so a file is at
 * most as large in memory as on disk, and names no class.
 */
final class YamlReader {
    private static final YAMLFactory YAML = YAMLFactory.builder()
            .streamReadConstraints(
                    StreamReadConstraints.builder().maxNestingDepth(10).build())
            .build();

    private final YAMLParser parser;
    private final FileErrors faults;

    private YamlReader(YAMLParser parser, FileErrors faults) {
        this.parser = parser;
        this.faults = faults;
    }

    /** What could be read before the text stops being YAML; a mapping, which is empty if there is none. */
    static YamlNode.Mapping read(String yaml, FileErrors faults) {
        Map<String, YamlNode> entries = new LinkedHashMap<>();
        try (YAMLParser parser = YAML.createParser(yaml)) {
            new YamlReader(parser, faults).readDocument(entries);
        } catch (JsonProcessingException e) {
            int line = e.getLocation() == null ? 1 : Math.max(1, e.getLocation().getLineNr());
            faults.add(
                    line,
                    "not valid YAML: "
                            + e.getOriginalMessage().lines().findFirst().orElse(""));
        } catch (IOException e) {
            throw new UncheckedIOException("a text in memory cannot fail to be read", e);
        }
        return new YamlNode.Mapping(entries, 1);
    }

    private void readDocument(Map<String, YamlNode> entries) throws IOException {
        if (parser.nextToken() != JsonToken.START_OBJECT) {
            faults.add(line(), "expected lines of the form \"name: value\"");
            return;
        }
        readEntries(entries);
        if (parser.nextToken() != null) {
            faults.add(line(), "a second document begins: one file holds one sweep");
        }
    }

    private void readEntries(Map<String, YamlNode> entries) throws IOException {
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
            String name = parser.currentName();
            int line = line();
            refuseReferences();
            parser.nextToken();
            YamlNode value = readNode();
            YamlNode before = entries.putIfAbsent(name, value);
            if (before != null) {
                faults.add(line, name + " is set twice, first on line " + before.line());
            }
        }
    }

    private YamlNode readNode() throws IOException {
        int line = line();
        refuseReferences();
        JsonToken token = parser.currentToken();
        if (token == JsonToken.START_OBJECT) {
            Map<String, YamlNode> entries = new LinkedHashMap<>();
            readEntries(entries);
            return new YamlNode.Mapping(entries, line);
        }
        if (token == JsonToken.START_ARRAY) {
            List<YamlNode> items = new ArrayList<>();
            while (parser.nextToken() != JsonToken.END_ARRAY) {
                items.add(readNode());
            }
            return new YamlNode.Items(items, line);
        }
        return new YamlNode.Scalar(token == JsonToken.VALUE_NULL ? "" : parser.getText(), line);
    }

    private void refuseReferences() throws IOException {
        if (parser.isCurrentAlias() || parser.getObjectId() != null) {
            faults.add(line(), "anchors (&) and aliases (*) are not read: write the value out");
        } else if (parser.getTypeId() != null) {
            faults.add(line(), "tags (!) are not read: write the value alone");
        }
    }

    private int line() {
        return Math.max(1, parser.currentTokenLocation().getLineNr());
    }
}
