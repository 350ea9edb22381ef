package io.residual.tuning.sweep;

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
 * Reads the entries of a mapping: what is missing or of another kind becomes a fault, and reading goes on.
 *
 * @param where name of the mapping in messages; empty for the whole file
 */
record YamlFields(String where, YamlNode.Mapping mapping, FileErrors faults) {
    /** Makes entries of other names a fault. */
    void allowOnly(Set<String> names) {
        mapping.entries().forEach((name, node) -> {
            if (!names.contains(name)) {
                faults.add(
                        node.line(),
                        (where.isEmpty() ? "" : where + ": ") + "unknown name \"" + name + "\": expected "
                                + String.join(", ", new TreeSet<>(names)));
            }
        });
    }

    Optional<YamlNode> node(String name) {
        return Optional.ofNullable(mapping.entries().get(name));
    }

    /** Line of an entry, or of the mapping where it is missing. */
    int line(String name) {
        return node(name).map(YamlNode::line).orElse(mapping.line());
    }

    /** A single value. */
    Optional<String> text(String name) {
        return node(name).flatMap(node -> text(name, node));
    }

    /** The text of a node, which must be a single value. */
    Optional<String> text(String name, YamlNode node) {
        if (node instanceof YamlNode.Scalar scalar) {
            if (!scalar.text().isEmpty()) {
                return Optional.of(scalar.text());
            }
            faults.add(node.line(), name + " has no value");
        } else {
            faults.add(node.line(), name + ": expected a single value, got " + node.kind());
        }
        return Optional.empty();
    }

    /** Single values: a list of them, or one alone. */
    List<String> texts(String name, YamlNode node) {
        List<YamlNode> items = node instanceof YamlNode.Items list ? list.items() : List.of(node);
        List<String> texts = new ArrayList<>();
        items.forEach(item -> text(name, item).ifPresent(texts::add));
        return texts;
    }

    Optional<YamlNode.Mapping> mapping(String name) {
        return node(name).flatMap(node -> {
            if (node instanceof YamlNode.Mapping found) {
                return Optional.of(found);
            }
            faults.add(node.line(), name + ": expected lines of the form \"name: value\", got " + node.kind());
            return Optional.empty();
        });
    }

    /** A whole number of at least {@code least}. */
    OptionalLong whole(String name, long least, long most) {
        Optional<String> text = text(name);
        if (text.isEmpty()) {
            return OptionalLong.empty();
        }
        OptionalLong value = whole(text.get());
        if (value.isPresent() && value.getAsLong() >= least && value.getAsLong() <= most) {
            return value;
        }
        faults.add(
                line(name),
                name + ": expected a whole number from " + least + " to " + most + ", got \"" + text.get() + "\"");
        return OptionalLong.empty();
    }

    /** One of a few words. */
    <T> Optional<T> word(String name, Function<String, Optional<T>> values, List<String> words) {
        return text(name).flatMap(text -> {
            Optional<T> value = values.apply(text);
            if (value.isEmpty()) {
                faults.add(line(name), name + ": expected " + String.join(" or ", words) + ", got \"" + text + "\"");
            }
            return value;
        });
    }

    static OptionalLong whole(String text) {
        try {
            return OptionalLong.of(Long.parseLong(text));
        } catch (NumberFormatException e) {
            return OptionalLong.empty();
        }
    }

    static OptionalDouble number(String text) {
        try {
            double value = Double.parseDouble(text);
            return Double.isFinite(value) ? OptionalDouble.of(value) : OptionalDouble.empty();
        } catch (NumberFormatException e) {
            return OptionalDouble.empty();
        }
    }

    /** The entries under their names. */
    Map<String, YamlNode> entries() {
        return mapping.entries();
    }
}
