package io.residual.training.cli;

import io.residual.core.ResidualException;
import io.residual.core.ResidualException.Kind;
import io.residual.core.files.AtomicFile;
import io.residual.core.files.IoErrors;
import io.residual.training.run.RunDirectory;
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
        require(file);
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
     * Refuses to replace what a run or a sweep needs.
     *
     * @throws ResidualException of kind BAD_SETTING
     */
    private static void require(Path file) {
        if (RunDirectory.owns(file)) {
            throw new ResidualException(
                    Kind.BAD_SETTING, file + ": a run needs this file, which would be replaced: give another file");
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

    /**
     * Makes sure, before anything is computed for it, that a file can be written: its folder exists and is writable, and no run
     * needs what is there.
     *
     * @throws ResidualException of kind BAD_RUN if it cannot be, BAD_SETTING if it must not be
     */
    public static void requireWritable(Path file) {
        require(file);
        if (Files.isDirectory(file)) {
            throw new ResidualException(Kind.BAD_RUN, file + ": is a directory: give the path of a file");
        }
        if (Files.exists(file) && !Files.isRegularFile(file)) {
            // A device or a pipe is written to as it is.
            return;
        }
        Path folder = file.toAbsolutePath().resolveSibling("");
        if (!Files.isDirectory(folder)) {
            throw new ResidualException(Kind.BAD_RUN, file + ": cannot be written: there is no directory " + folder);
        }
        requireWritableDirectory(folder, "give another path");
    }

    /**
     * Makes sure, before anything is computed for it, that a directory is there or can be made, and be written to.
     *
     * @param fix what the user should do if not, such as "give another --out"
     * @throws ResidualException of kind BAD_RUN if it cannot be
     */
    public static void requireWritableDirectory(Path directory, String fix) {
        Path there = directory.toAbsolutePath();
        while (!Files.exists(there) && there.getParent() != null) {
            there = there.getParent();
        }
        if (!Files.isDirectory(there) || !Files.isWritable(there)) {
            throw new ResidualException(
                    Kind.BAD_RUN,
                    directory + ": cannot be written: " + there
                            + (Files.isDirectory(there) ? " is not writable: " : " is not a directory: ") + fix);
        }
    }
}
