package io.residual.evaluation.predict;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Stream;

/** Finds the image files that arguments name. */
final class PictureFiles {
    /** In a folder, files with other endings are not images; a file that is named in the arguments is read whatever its name. */
    private static final Set<String> ENDINGS = Set.of("png", "jpg", "jpeg", "webp", "bmp", "gif");

    private static final String LIST = "-";

    private final BufferedReader list;

    /**
     * Finds files.
     *
     * @param list read where an argument is "-": a file or folder on each line, empty lines are skipped
     */
    PictureFiles(BufferedReader list) {
        this.list = list;
    }

    /** Takes files one by one, and the errors of others. */
    interface Visitor {
        void file(Path file);

        /**
         * An argument that leads to no file.
         *
         * @param reason for the user
         */
        void error(String argument, String reason);
    }

    /**
     * Visits what the arguments name, in their order; within folders and the folders in them, by path.
     *
     * @throws IOException if the list cannot be read
     */
    void forEach(List<String> arguments, Visitor visitor) throws IOException {
        for (String argument : arguments) {
            if (argument.equals(LIST)) {
                for (String line = list.readLine(); line != null; line = list.readLine()) {
                    if (!line.isBlank()) {
                        visit(line, visitor);
                    }
                }
            } else {
                visit(argument, visitor);
            }
        }
    }

    private static void visit(String argument, Visitor visitor) {
        Path path;
        try {
            path = Path.of(argument);
        } catch (InvalidPathException e) {
            visitor.error(argument, "not a path (" + e.getReason() + ")");
            return;
        }
        if (!Files.isDirectory(path)) {
            visitor.file(path);
            return;
        }
        try {
            List<Path> files = pictures(path);
            if (files.isEmpty()) {
                visitor.error(
                        argument,
                        "the folder has no images ("
                                + String.join(", ", ENDINGS.stream().sorted().toList()) + ")");
            }
            files.forEach(visitor::file);
        } catch (IOException | UncheckedIOException e) {
            visitor.error(argument, "the folder cannot be read (" + e.getMessage() + ")");
        }
    }

    private static List<Path> pictures(Path folder) throws IOException {
        try (Stream<Path> all = Files.walk(folder)) {
            return all.filter(PictureFiles::isPicture).sorted().toList();
        }
    }

    private static boolean isPicture(Path file) {
        String name = file.getFileName().toString();
        String ending = name.substring(name.lastIndexOf('.') + 1).toLowerCase(Locale.ROOT);
        return ENDINGS.contains(ending) && Files.isRegularFile(file);
    }
}
