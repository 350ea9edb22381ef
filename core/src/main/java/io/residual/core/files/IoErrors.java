package io.residual.core.files;

import java.io.EOFException;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.FileSystemLoopException;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Failed reads and writes in a user's words. Java's own messages of these are often a path alone, and name its classes and
 * the temporary files of {@link AtomicFile}.
 */
public final class IoErrors {
    private IoErrors() {}

    /** Why it failed, in a few words without the file, such as "permission denied" or "No space left on device". */
    public static String reason(IOException e) {
        if (e instanceof AccessDeniedException) {
            return "permission denied";
        }
        if (e instanceof NoSuchFileException missing) {
            return missing(missing.getFile());
        }
        if (e instanceof FileAlreadyExistsException there) {
            return there.getFile() + " exists and is not a directory";
        }
        if (e instanceof NotDirectoryException file) {
            return file.getFile() + " is not a directory";
        }
        if (e instanceof DirectoryNotEmptyException) {
            return "the directory is not empty";
        }
        if (e instanceof FileSystemLoopException) {
            return "symbolic links lead in a circle";
        }
        if (e instanceof FileSystemException system && system.getReason() != null) {
            return system.getReason();
        }
        if (e instanceof CharacterCodingException) {
            return "it is not UTF-8 text";
        }
        if (e instanceof EOFException) {
            return "it ends too early";
        }
        return e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
    }

    /** The reason, after the file if the error knows it. */
    public static String describe(IOException e) {
        String file = e instanceof FileSystemException system ? system.getFile() : null;
        return file == null || e instanceof NoSuchFileException || AtomicFile.isTemporary(Path.of(file))
                ? reason(e)
                : file + ": " + reason(e);
    }

    /** Why a text is no path. */
    public static String reason(InvalidPathException e) {
        return e.getInput().indexOf('\0') >= 0
                ? "a path cannot hold the character 0"
                : "a path in another encoding than the locale's, "
                        + System.getProperty("sun.jnu.encoding", "which is not UTF-8") + ": set LC_ALL=C.UTF-8";
    }

    private static String missing(@Nullable String file) {
        if (file == null) {
            return "it does not exist";
        }
        Path path = Path.of(file);
        return AtomicFile.isTemporary(path)
                ? "the folder " + path.getParent() + " does not exist"
                : path + " does not exist";
    }
}
