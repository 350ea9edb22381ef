package io.residual.training.config.yaml;

import java.io.StringReader;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.error.YAMLException;
import org.yaml.snakeyaml.events.AliasEvent;
import org.yaml.snakeyaml.events.CollectionStartEvent;
import org.yaml.snakeyaml.events.Event;
import org.yaml.snakeyaml.events.ScalarEvent;

/**
 * A YAML document as nodes with lines. Anchors of lists and mappings, aliases, tags and second documents are errors, so a
 * document is at most as large in memory as on disk, and names no class. An anchor of a single value is ignored.
 *
 * <p>The nodes are built from SnakeYAML's events, not from its own nodes, since those resolve aliases, and are lost
 * altogether if the text stops being YAML at the end.
 *
 * @param root empty if there is no mapping
 * @param complete whether the text is YAML to its end; if not, the nodes hold what comes before
 */
public record YamlDocument(YamlNode.Mapping root, boolean complete) {
    private static final int MAX_DEPTH = 10;
    private static final Set<String> NULLS = Set.of("~", "null", "Null", "NULL");

    /**
     * Reads one document, a mapping.
     *
     * @param content what a file of this sort holds, such as "preset"
     * @param errors to which everything that is not read is added
     */
    public static YamlDocument read(String yaml, String content, FileErrors errors) {
        Parser parser = new Parser(
                new Yaml(new LoaderOptions()).parse(new StringReader(yaml)).iterator(), errors);
        YamlNode.Mapping root = parser.document(content);
        return new YamlDocument(root, parser.complete);
    }

    private static final class Parser {
        private final Iterator<Event> events;
        private final FileErrors errors;
        private boolean complete = true;
        private int lastLine = 1;
        private int depth;

        Parser(Iterator<Event> events, FileErrors errors) {
            this.events = events;
            this.errors = errors;
        }

        YamlNode.Mapping document(String content) {
            Event first = nextOfDocuments();
            YamlNode.Mapping none = new YamlNode.Mapping(Map.of(), 1);
            if (first == null) {
                return none;
            }
            if (!first.is(Event.ID.MappingStart)) {
                errors.add(line(first), "expected lines of the form \"name: value\"");
                return none;
            }
            if (isRefused(first)) {
                skip(first);
                return none;
            }
            YamlNode.Mapping root = new YamlNode.Mapping(entries(), 1);
            Event after = nextOfDocuments();
            if (after != null && !after.is(Event.ID.StreamEnd)) {
                errors.add(line(after), "a second document begins: one file holds one " + content);
            }
            return root;
        }

        private Map<String, YamlNode> entries() {
            Map<String, YamlNode> entries = new LinkedHashMap<>();
            for (Event key = next(); key != null && !key.is(Event.ID.MappingEnd); key = next()) {
                int line = line(key);
                if (!(key instanceof ScalarEvent name)) {
                    errors.add(line, "expected a name in front of the colon");
                    skip(key);
                    skip(next());
                    continue;
                }
                if (name.getAnchor() != null) {
                    refuseReference(line);
                } else if (name.getTag() != null) {
                    refuseTag(line);
                }
                YamlNode value = node(next(), line);
                YamlNode before = entries.putIfAbsent(name.getValue(), value);
                if (before != null) {
                    errors.add(line, name.getValue() + " is set twice, first on line " + before.line());
                }
            }
            return entries;
        }

        /** @param event null if the text stops being YAML here */
        private YamlNode node(@Nullable Event event, int line) {
            if (event == null) {
                return new YamlNode.Refused(line);
            }
            if (isRefused(event)) {
                skip(event);
                return new YamlNode.Refused(line);
            }
            if (event instanceof ScalarEvent scalar) {
                String text = scalar.getValue();
                return new YamlNode.Scalar(scalar.isPlain() && NULLS.contains(text) ? "" : text, line);
            }
            if (event.is(Event.ID.MappingStart)) {
                return new YamlNode.Mapping(entries(), line);
            }
            List<YamlNode> items = new ArrayList<>();
            for (Event item = next(); item != null && !item.is(Event.ID.SequenceEnd); item = next()) {
                items.add(node(item, line(item)));
            }
            return new YamlNode.Items(items, line);
        }

        private boolean isRefused(Event event) {
            if (event instanceof AliasEvent) {
                refuseReference(line(event));
                return true;
            }
            if (event instanceof CollectionStartEvent collection) {
                if (collection.getAnchor() != null) {
                    refuseReference(line(event));
                    return true;
                }
                return isTagRefused(collection.getTag(), line(event));
            }
            return event instanceof ScalarEvent scalar && isTagRefused(scalar.getTag(), line(event));
        }

        private boolean isTagRefused(@Nullable String tag, int line) {
            if (tag != null) {
                refuseTag(line);
            }
            return tag != null;
        }

        private void refuseReference(int line) {
            errors.add(line, "anchors (&) and aliases (*) are not read: write the value out");
        }

        private void refuseTag(int line) {
            errors.add(line, "tags (!) are not read: write the value alone");
        }

        /** Passes over the rest of a node. */
        private void skip(@Nullable Event event) {
            int open = 0;
            for (Event e = event; e != null; e = next()) {
                if (e instanceof CollectionStartEvent) {
                    open++;
                } else if (e.is(Event.ID.MappingEnd) || e.is(Event.ID.SequenceEnd)) {
                    open--;
                }
                if (open == 0) {
                    return;
                }
            }
        }

        private @Nullable Event nextOfDocuments() {
            Event event = next();
            while (event != null
                    && (event.is(Event.ID.StreamStart)
                            || event.is(Event.ID.DocumentStart)
                            || event.is(Event.ID.DocumentEnd))) {
                event = next();
            }
            return event;
        }

        /** Null, and an error, where the text stops being YAML; null from there on. */
        private @Nullable Event next() {
            if (!complete) {
                return null;
            }
            try {
                Event event = events.next();
                lastLine = event.getEndMark().getLine() + 1;
                if (event instanceof CollectionStartEvent) {
                    depth++;
                } else if (event.is(Event.ID.MappingEnd) || event.is(Event.ID.SequenceEnd)) {
                    depth--;
                }
                if (depth <= MAX_DEPTH) {
                    return event;
                }
                cut("Document nesting depth (" + depth + ") exceeds the maximum allowed (" + MAX_DEPTH + ")");
            } catch (YAMLException e) {
                cut(String.valueOf(e.getMessage()).lines().findFirst().orElse(""));
            }
            return null;
        }

        private void cut(String message) {
            complete = false;
            errors.add(lastLine, "not valid YAML: " + message);
        }

        private static int line(Event event) {
            return event.getStartMark().getLine() + 1;
        }
    }
}
