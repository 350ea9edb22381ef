package io.residual.tuning.sweep;

import java.util.List;
import java.util.Map;

/** A piece of a YAML file and the line it begins on, counted from 1. */
sealed interface YamlNode {
    int line();

    /** "a single value", "a list" or "a mapping". */
    String kind();

    /**
     * A single value.
     *
     * @param text as it stands in the file, without quotes
     */
    record Scalar(String text, int line) implements YamlNode {
        @Override
        public String kind() {
            return "a single value";
        }
    }

    /** A list. */
    record Items(List<YamlNode> items, int line) implements YamlNode {
        public Items {
            items = List.copyOf(items);
        }

        @Override
        public String kind() {
            return "a list";
        }
    }

    /**
     * Values under names.
     *
     * @param entries in the order of the file
     */
    record Mapping(Map<String, YamlNode> entries, int line) implements YamlNode {
        @Override
        public String kind() {
            return "a mapping";
        }
    }
}
