package io.residual.training.config.yaml;

import java.util.List;
import java.util.Map;

/** A value of a YAML file and its line, counted from 1: that of its name, or in a list that of the value itself. */
public sealed interface YamlNode {
    int line();

    /** "a single value", "a list" or "a mapping", to be written after "got". */
    String kind();

    /**
     * A single value.
     *
     * @param text as it stands in the file, without quotes; empty for a plain null
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

    /** Something that is not read, such as an alias; it is among the errors already. */
    record Refused(int line) implements YamlNode {
        @Override
        public String kind() {
            return "what is not read";
        }
    }
}
