package io.residual.evaluation.predict;

import io.residual.core.ResidualException;
import io.residual.core.files.IoErrors;
import io.residual.data.SkippedFiles;
import io.residual.data.folder.PictureFinder;
import io.residual.data.folder.PictureFinder.Found;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;

/** The image files that arguments name: files, read whatever their names, folders, for all images in them, and lists of both. */
final class PictureFiles {
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
         * @param message that starts with the argument
         */
        void error(String message);

        /** The files of a folder that are no images. */
        void skipped(Path folder, SkippedFiles files);
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
        if (argument.isBlank()) {
            visitor.error("\"" + argument + "\": an empty path; give a file or a folder, such as . for this one");
            return;
        }
        Path path;
        try {
            path = Path.of(argument);
        } catch (InvalidPathException e) {
            visitor.error(argument + ": " + IoErrors.reason(e));
            return;
        }
        if (Files.isDirectory(path)) {
            visitFolder(path, visitor);
        } else {
            visitor.file(path);
        }
    }

    private static void visitFolder(Path folder, Visitor visitor) {
        PictureFinder finder = new PictureFinder(folder);
        try {
            List<Found> images = finder.images(folder);
            if (images.isEmpty()) {
                visitor.error(folder + ": the folder has no images");
            }
            images.forEach(found -> visitor.file(found.file()));
        } catch (ResidualException e) {
            visitor.error(String.valueOf(e.getMessage()));
        }
        visitor.skipped(folder, finder.skipped());
    }
}
