package io.residual.training.run;

import io.residual.core.ResidualException;
import io.residual.core.ResidualException.Kind;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;

/** A failed read or write in the words of a command. Java's own messages of these are often a path alone. */
final class DiskErrors {
    private DiskErrors() {}

    static ResidualException writing(Path file, IOException e) {
        return new ResidualException(
                Kind.BAD_RUN,
                file + ": cannot be written: " + reason(e) + ": free space, or give another run directory",
                e);
    }

    static ResidualException reading(Path file, IOException e) {
        return new ResidualException(Kind.BAD_RUN, file + ": cannot be read: " + reason(e), e);
    }

    private static String reason(IOException e) {
        if (e instanceof AccessDeniedException) {
            return "permission denied";
        }
        if (e instanceof NoSuchFileException missing) {
            return missing.getFile() + " does not exist";
        }
        if (e instanceof FileAlreadyExistsException there) {
            return there.getFile() + " is there and no directory";
        }
        if (e instanceof NotDirectoryException file) {
            return file.getFile() + " is no directory";
        }
        if (e instanceof FileSystemException system && system.getReason() != null) {
            return system.getReason();
        }
        return e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
    }
}
