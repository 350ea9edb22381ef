package io.residual.training.config;

import io.residual.core.files.IoErrors;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Locale;

/**
 * Where the images come from, written as {@code auto}, {@code sample}, the path of a directory of IDX files, or
 * {@code images:} and the path of a folder of images.
 */
public sealed interface DataChoice {
    /** The same images for a process that is run in another directory. */
    default DataChoice absolute() {
        return this;
    }

    /** Sources with a name. */
    enum Named implements DataChoice {
        /** Fashion-MNIST from wherever it is found, or downloaded. */
        AUTO,
        /** The few images that come with the program. */
        SAMPLE;

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /**
     * A directory of IDX files, one of several data sets of such files in a directory, or a directory with a folder of images for
     * each class.
     *
     * @param path absolute, or relative to the directory the command is run in; one called "auto" or "sample" must be
     *     written with more than its name, and so must one that begins with "images:"
     */
    record Directory(String path) implements DataChoice {
        public Directory {
            requirePath(path);
            for (Named named : Named.values()) {
                if (path.equals(named.toString())) {
                    throw new IllegalArgumentException(
                            "\"" + path + "\" is a source, not a directory: write ./" + path);
                }
            }
            if (path.startsWith(PictureFolder.PREFIX)) {
                throw new IllegalArgumentException(
                        "\"" + path + "\" is a folder of images, not of IDX files: write ./" + path);
            }
        }

        @Override
        public DataChoice absolute() {
            return new Directory(Path.of(path).toAbsolutePath().toString());
        }

        @Override
        public String toString() {
            return path;
        }
    }

    /**
     * A folder of images, one folder a class.
     *
     * @param path absolute, or relative to the directory the command is run in
     */
    record PictureFolder(String path) implements DataChoice {
        static final String PREFIX = "images:";

        public PictureFolder {
            requirePath(path);
        }

        @Override
        public DataChoice absolute() {
            return new PictureFolder(Path.of(path).toAbsolutePath().toString());
        }

        @Override
        public String toString() {
            return PREFIX + path;
        }
    }

    private static void requirePath(String path) {
        if (path.isBlank() || path.chars().anyMatch(Character::isISOControl)) {
            throw new IllegalArgumentException("a directory has a name without control characters");
        }
        try {
            if (!Path.of(path).toString().isEmpty()) {
                return;
            }
        } catch (InvalidPathException e) {
            throw new IllegalArgumentException("\"" + path + "\" is " + IoErrors.reason(e), e);
        }
        throw new IllegalArgumentException("\"" + path + "\" is no path on this system");
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
        return text.startsWith(PictureFolder.PREFIX)
                ? new PictureFolder(text.substring(PictureFolder.PREFIX.length()))
                : new Directory(text);
    }
}
