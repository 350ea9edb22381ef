package io.residual.training.spec;

import java.io.Serializable;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Locale;

/** Where the images come from, written as {@code auto}, {@code sample} or the path of a directory. */
public sealed interface DataChoice extends Serializable {
    /** Sources that have a name of their own. */
    enum Named implements DataChoice {
        /** Fashion-MNIST from wherever it is found, or fetched. */
        AUTO,
        /** The few images that come with the program. */
        SAMPLE;

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /**
     * A directory of the user's.
     *
     * @param path absolute, or relative to the directory the command is run in; one called "auto" or "sample" must be
     *     written with more than its name
     */
    record Directory(String path) implements DataChoice {
        public Directory {
            if (path.isBlank() || path.chars().anyMatch(Character::isISOControl)) {
                throw new IllegalArgumentException("a directory has a name without control characters");
            }
            for (Named named : Named.values()) {
                if (path.equals(named.toString())) {
                    throw new IllegalArgumentException(
                            "\"" + path + "\" is a source, not a directory: write ./" + path);
                }
            }
            if (!isPath(path)) {
                throw new IllegalArgumentException("\"" + path + "\" is no path on this system");
            }
        }

        private static boolean isPath(String path) {
            try {
                return !Path.of(path).toString().isEmpty();
            } catch (InvalidPathException e) {
                return false;
            }
        }

        @Override
        public String toString() {
            return path;
        }
    }

    /**
     * Reads what {@code toString} writes.
     *
     * @throws IllegalArgumentException if the text is neither a named source nor a path
     */
    static DataChoice of(String text) {
        for (Named named : Named.values()) {
            if (text.equals(named.toString())) {
                return named;
            }
        }
        return new Directory(text);
    }
}
