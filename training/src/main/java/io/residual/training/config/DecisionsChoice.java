package io.residual.training.config;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Objects;
import java.util.Optional;

/**
 * Decisions on labels that the training images are changed by, written as {@code none} or the path of a file of them.
 *
 * @param path absolute, or relative to the directory the command is run in; it ends in .jsonl
 */
public record DecisionsChoice(Optional<String> path) {
    /** The labels as the data have them. */
    public static final DecisionsChoice NONE = new DecisionsChoice(Optional.empty());

    public DecisionsChoice {
        path.ifPresent(DecisionsChoice::require);
    }

    private static void require(String path) {
        if (!path.matches("(?s).*\\.jsonl") || path.chars().anyMatch(Character::isISOControl)) {
            throw new IllegalArgumentException(
                    "\"" + path + "\" is no file of decisions on labels, which ends in .jsonl");
        }
        try {
            Objects.requireNonNull(Path.of(path));
        } catch (InvalidPathException e) {
            throw new IllegalArgumentException("\"" + path + "\" is no path on this system", e);
        }
    }

    /** The file, if there is one. */
    public Optional<Path> file() {
        return path.map(Path::of);
    }

    /** The same decisions for a process that is run in another directory. */
    DecisionsChoice absolute() {
        return new DecisionsChoice(file().map(file -> file.toAbsolutePath().toString()));
    }

    /**
     * Reads what {@code toString} writes.
     *
     * @throws IllegalArgumentException if the text is neither none nor the path of a file of decisions
     */
    static DecisionsChoice of(String text) {
        return text.equals(NONE.toString()) ? NONE : new DecisionsChoice(Optional.of(text));
    }

    @Override
    public String toString() {
        return path.orElse("none");
    }
}
