package io.residual.training.config.yaml;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;

/**
 * Reads the entries of a mapping: what is missing or of another kind becomes an error, and reading continues.
 *
 * @param where name of the mapping in messages; empty for the whole file
 */
public record YamlFields(String where, YamlNode.Mapping mapping, FileErrors errors) {
    /** Makes entries of other names an error. */
    public void allowOnly(Set<String> names) {
        mapping.entries().forEach((name, node) -> {
            if (!names.contains(name)) {
                errors.add(
                        node.line(),
                        (where.isEmpty() ? "" : where + ": ") + "unknown name \"" + name + "\": expected "
                                + String.join(", ", new TreeSet<>(names)));
            }
        });
    }

    public Optional<YamlNode> node(String name) {
        return Optional.ofNullable(mapping.entries().get(name));
    }

    /** Line of an entry, or of the mapping if it is missing. */
    public int line(String name) {
        return node(name).map(YamlNode::line).orElse(mapping.line());
    }

    /** A single value. */
    public Optional<String> text(String name) {
        return node(name).flatMap(node -> text(name, node));
    }

    /** The text of a node, which must be a single value. */
    public Optional<String> text(String name, YamlNode node) {
        if (node instanceof YamlNode.Scalar scalar) {
            if (!scalar.text().isEmpty()) {
                return Optional.of(scalar.text());
            }
            errors.add(node.line(), name + " has no value");
        } else if (!(node instanceof YamlNode.Refused)) {
            errors.add(node.line(), name + ": expected a single value, got " + node.kind());
        }
        return Optional.empty();
    }

    /** Single values: a list of them, or one alone. */
    public List<String> texts(String name, YamlNode node) {
        List<YamlNode> items = node instanceof YamlNode.Items list ? list.items() : List.of(node);
        List<String> texts = new ArrayList<>();
        items.forEach(item -> text(name, item).ifPresent(texts::add));
        return texts;
    }

    public Optional<YamlNode.Mapping> mapping(String name) {
        return node(name).flatMap(node -> {
            if (node instanceof YamlNode.Mapping found) {
                return Optional.of(found);
            }
            if (!(node instanceof YamlNode.Refused)) {
                errors.add(node.line(), name + ": expected lines of the form \"name: value\", got " + node.kind());
            }
            return Optional.empty();
        });
    }

    /** A whole number from {@code min} to {@code max}. */
    public OptionalLong integer(String name, long min, long max) {
        Optional<String> text = text(name);
        if (text.isEmpty()) {
            return OptionalLong.empty();
        }
        OptionalLong value = integer(text.get());
        if (value.isPresent() && value.getAsLong() >= min && value.getAsLong() <= max) {
            return value;
        }
        errors.add(
                line(name),
                name + ": expected a whole number from " + min + " to " + max + ", got \"" + text.get() + "\"");
        return OptionalLong.empty();
    }

    /** One of a few words: {@code labels} lists them, {@code values} looks one up. */
    public <T> Optional<T> oneOf(String name, Function<String, Optional<T>> values, List<String> labels) {
        return text(name).flatMap(text -> {
            Optional<T> value = values.apply(text);
            if (value.isEmpty()) {
                errors.add(line(name), name + ": expected " + String.join(" or ", labels) + ", got \"" + text + "\"");
            }
            return value;
        });
    }

    public static OptionalLong integer(String text) {
        try {
            return OptionalLong.of(Long.parseLong(text));
        } catch (NumberFormatException e) {
            return OptionalLong.empty();
        }
    }

    public static OptionalDouble number(String text) {
        try {
            double value = Double.parseDouble(text);
            return Double.isFinite(value) ? OptionalDouble.of(value) : OptionalDouble.empty();
        } catch (NumberFormatException e) {
            return OptionalDouble.empty();
        }
    }

    /** The entries under their names. */
    public Map<String, YamlNode> entries() {
        return mapping.entries();
    }
}
