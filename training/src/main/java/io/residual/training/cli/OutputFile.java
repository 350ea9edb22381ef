package io.residual.training.cli;

import io.residual.core.ResidualException;
import io.residual.core.ResidualException.Kind;
import io.residual.core.files.AtomicFile;
import io.residual.core.files.IoErrors;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** A file that a command writes for its user. */
public final class OutputFile {
    private OutputFile() {}

    /**
     * Creates or replaces a file of UTF-8 text, completely or not at all.
     *
     * @param question what the user should check if it cannot be written, such as "is it writable?"
     * @throws ResidualException of kind BAD_RUN if it cannot be written
     */
    public static void write(Path file, String text, String question) {
        write(file, text.getBytes(StandardCharsets.UTF_8), question);
    }

    /** The same for bytes. */
    public static void write(Path file, byte[] content, String question) {
        ByteBuffer bytes = ByteBuffer.wrap(content);
        try {
            AtomicFile.write(file, out -> {
                while (bytes.hasRemaining()) {
                    out.write(bytes);
                }
            });
        } catch (IOException e) {
            throw new ResidualException(
                    Kind.BAD_RUN, file + ": cannot be written (" + IoErrors.reason(e) + "): " + question, e);
        }
    }

    /**
     * Creates a directory for such files, if it is missing.
     *
     * @param fix what the user should do if it cannot be created, such as "give another --out"
     * @throws ResidualException of kind BAD_RUN if it cannot be
     */
    public static void createDirectory(Path directory, String fix) {
        try {
            Files.createDirectories(directory);
        } catch (IOException e) {
            throw new ResidualException(
                    Kind.BAD_RUN, directory + ": cannot be a directory (" + IoErrors.reason(e) + "): " + fix, e);
        }
    }
}
