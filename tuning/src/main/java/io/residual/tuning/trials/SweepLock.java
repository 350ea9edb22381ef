package io.residual.tuning.trials;

import io.residual.core.ResidualException;
import io.residual.core.ResidualException.Kind;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * The right to run a sweep in a directory: one holder among all processes. The system takes it back from a process that
 * dies. It is a lock on the file {@code .lock}, which stays.
 */
public final class SweepLock implements AutoCloseable {
    private final Path directory;
    private final FileChannel channel;

    private SweepLock(Path directory, FileChannel channel) {
        this.directory = directory;
        this.channel = channel;
    }

    /**
     * Takes the lock, and makes the directory if it is not there.
     *
     * @throws ResidualException of kind BAD_RUN at once if another process has it, or the directory cannot be written
     */
    public static SweepLock take(Path directory) {
        try {
            Files.createDirectories(directory);
            FileChannel channel =
                    FileChannel.open(directory.resolve(".lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            if (isLocked(channel)) {
                return new SweepLock(directory, channel);
            }
            channel.close();
        } catch (IOException e) {
            throw new ResidualException(
                    Kind.BAD_RUN,
                    directory + ": a sweep cannot write here (" + e + "): give another --dir directory",
                    e);
        }
        throw new ResidualException(
                Kind.BAD_RUN,
                directory + ": another sweep runs in this directory: wait for it, stop it, or give another --dir");
    }

    private static boolean isLocked(FileChannel channel) throws IOException {
        try {
            return channel.tryLock() != null;
        } catch (OverlappingFileLockException heldInThisProcess) {
            return false;
        }
    }

    /** The directory that may be written while this is open. */
    public Path directory() {
        return directory;
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException e) {
            throw new ResidualException(Kind.BAD_RUN, directory + ": the lock cannot be given back: " + e, e);
        }
    }
}
