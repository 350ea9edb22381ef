package io.residual.training.run;

import io.residual.core.ResidualException;
import io.residual.core.ResidualException.Kind;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * The right to write in a run directory: one holder among all processes and the threads of this one. The system takes it
 * back from a process that dies, however it dies; the file {@value #FILE} stays and means nothing by itself.
 */
public final class RunLock implements AutoCloseable {
    static final String FILE = ".lock";

    private final Path file;
    private final FileChannel channel;

    private RunLock(Path file, FileChannel channel) {
        this.file = file;
        this.channel = channel;
    }

    /**
     * Takes the lock, or fails at once.
     *
     * @throws ResidualException of kind BAD_RUN if another holds it, or the directory cannot be written
     */
    public static RunLock take(Path directory) {
        Path file = directory.resolve(FILE);
        FileChannel channel;
        try {
            channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        } catch (IOException e) {
            throw DiskErrors.writing(directory, e);
        }
        RunLock lock = new RunLock(file, channel);
        try {
            if (channel.tryLock() != null) {
                return lock;
            }
        } catch (OverlappingFileLockException e) {
            // Another thread of this process has it, which the system does not tell apart from this one.
        } catch (IOException e) {
            lock.close();
            throw DiskErrors.writing(file, e);
        }
        lock.close();
        throw new ResidualException(
                Kind.BAD_RUN,
                directory
                        + ": another process is training in this directory: wait for it, or give another --run directory");
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException e) {
            throw DiskErrors.writing(file, e);
        }
    }
}
