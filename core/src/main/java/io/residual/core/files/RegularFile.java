package io.residual.core.files;

import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;

/**
 * Opens files to read, and nothing else: to open a named pipe can wait for ever, and a device never ends. Links are
 * followed.
 */
public final class RegularFile {
    private RegularFile() {}

    /**
     * Opens a file.
     *
     * @throws FileSystemException whose reason says what is there instead
     */
    public static FileChannel open(Path file) throws IOException {
        require(file);
        return FileChannel.open(file, StandardOpenOption.READ);
    }

    /** The content of a file, with the same errors as {@link #open}. */
    public static InputStream stream(Path file) throws IOException {
        return Channels.newInputStream(open(file));
    }

    /**
     * Refuses what is not there, or no file.
     *
     * @throws FileSystemException whose reason says what is there instead
     */
    public static void require(Path file) throws IOException {
        BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
        if (!attributes.isRegularFile()) {
            throw new FileSystemException(
                    file.toString(),
                    null,
                    attributes.isDirectory() ? "is a directory" : "is a pipe or a device, no file");
        }
    }
}
