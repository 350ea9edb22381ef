package io.residual.data.download;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The right to write in a folder: one holder at a time among all processes, and among the threads of this one. The
 * system takes it back from a process that dies. It is a lock on the file {@code .lock}, which stays.
 */
public final class FolderLock implements AutoCloseable {
    private static final Duration PAUSE = Duration.ofMillis(100);

    private final Path folder;
    private final FileChannel channel;

    private FolderLock(Path folder, FileChannel channel) {
        this.folder = folder;
        this.channel = channel;
    }

    /** Waits for the lock as long as it takes. */
    public static FolderLock acquire(Path folder) throws IOException, InterruptedException {
        FileChannel channel =
                FileChannel.open(folder.resolve(".lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        try {
            while (tryLock(channel) == null) {
                Thread.sleep(PAUSE.toMillis());
            }
            return new FolderLock(folder, channel);
        } catch (IOException | InterruptedException | RuntimeException e) {
            channel.close();
            throw e;
        }
    }

    /** The folder that may be written while this is open. */
    public Path folder() {
        return folder;
    }

    private static @Nullable FileLock tryLock(FileChannel channel) throws IOException {
        try {
            return channel.tryLock();
        } catch (OverlappingFileLockException e) {
            // Another thread of this process holds it; the system's locks are per process.
            return null;
        }
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
