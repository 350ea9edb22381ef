package io.residual.training.config;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;

/** The weights that training starts from, written as {@code none} or the path of a safetensors file. */
public sealed interface StartChoice {
    /** The same weights for a process that is run in another directory. */
    default StartChoice absolute() {
        return this;
    }

    /** Random initial weights, drawn from the seed. */
    enum New implements StartChoice {
        NONE;

        @Override
        public String toString() {
            return "none";
        }
    }

    /**
     * Weights of another network.
     *
     * @param path absolute, or relative to the directory the command is run in; it ends in .safetensors or, for the index of
     *     several files, .safetensors.index.json
     */
    record Weights(String path) implements StartChoice {
        public Weights {
            if (!path.matches("(?s).*\\.safetensors(\\.index\\.json)?")
                    || path.chars().anyMatch(Character::isISOControl)) {
                throw new IllegalArgumentException("\"" + path + "\" is no safetensors file");
            }
            if (!isPath(path)) {
                throw new IllegalArgumentException("\"" + path + "\" is no path on this system");
            }
        }

        @Override
        public StartChoice absolute() {
            return new Weights(Path.of(path).toAbsolutePath().toString());
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
     * @throws IllegalArgumentException if the text is neither none nor the path of a safetensors file
     */
    static StartChoice of(String text) {
        return text.equals(New.NONE.toString()) ? New.NONE : new Weights(text);
    }
}
