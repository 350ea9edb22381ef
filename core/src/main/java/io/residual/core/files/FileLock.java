package io.residual.core.files;

import io.residual.core.ResidualException;
import io.residual.core.ResidualException.Kind;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The right to write in a directory: one holder at a time among all processes and among the threads of this one. The
 * system takes it back from a process that dies, however it dies. It is a lock on the file {@value #FILE}, which stays and
 * means nothing by itself. Who deletes the file lets another process take the right, so a holder asks {@link #requireHeld}
 * before it writes.
 */
public final class FileLock implements AutoCloseable {
    public static final String FILE = ".lock";

    private static final Duration PAUSE = Duration.ofMillis(100);
    /**
     * The directories that this process has locked. A system's locks belong to a process, not to a thread, and POSIX drops
     * them as soon as the process closes any other channel of the file: so a second thread must not even open it.
     */
    private static final Set<Path> HELD = ConcurrentHashMap.newKeySet();

    private final Path directory;
    private final Path realDirectory;
    private final FileChannel channel;
    /** Of the locked file on systems that have such keys: device and inode. */
    private final @Nullable Object key;

    private FileLock(Path directory, Path realDirectory, FileChannel channel) throws IOException {
        this.directory = directory;
        this.realDirectory = realDirectory;
        this.channel = channel;
        this.key = key(realDirectory);
    }

    private static @Nullable Object key(Path directory) throws IOException {
        return Files.readAttributes(directory.resolve(FILE), BasicFileAttributes.class)
                .fileKey();
    }

    /**
     * Takes the lock if it is free.
     *
     * @param directory must exist
     * @return empty if another process or another thread holds it
     * @throws IOException if the directory does not exist or cannot be written to
     */
    public static Optional<FileLock> tryAcquire(Path directory) throws IOException {
        Path real = directory.toRealPath();
        if (!HELD.add(real)) {
            return Optional.empty();
        }
        FileChannel channel = null;
        boolean locked = false;
        try {
            if (Files.exists(real.resolve(FILE))) {
                RegularFile.require(real.resolve(FILE));
            }
            channel = FileChannel.open(real.resolve(FILE), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            if (channel.tryLock() == null) {
                return Optional.empty();
            }
            FileLock lock = new FileLock(directory, real, channel);
            locked = true;
            return Optional.of(lock);
        } catch (OverlappingFileLockException e) {
            // The same directory under another real path, as a bind mount gives it one.
            return Optional.empty();
        } finally {
            if (!locked) {
                HELD.remove(real);
                if (channel != null) {
                    channel.close();
                }
            }
        }
    }

    /**
     * Waits for the lock as long as it takes.
     *
     * @param directory must exist
     * @throws IOException if the directory does not exist or cannot be written to
     */
    public static FileLock acquire(Path directory) throws IOException, InterruptedException {
        Optional<FileLock> lock = tryAcquire(directory);
        while (lock.isEmpty()) {
            Thread.sleep(PAUSE.toMillis());
            lock = tryAcquire(directory);
        }
        return lock.get();
    }

    /** The directory that may be written to while this is open. */
    public Path directory() {
        return directory;
    }

    /**
     * Fails if the directory may have another holder by now.
     *
     * @throws ResidualException of kind BAD_RUN if the file of the lock was deleted or replaced, or the directory moved
     */
    public void requireHeld() {
        try {
            if (Objects.equals(key, key(realDirectory))) {
                return;
            }
        } catch (IOException e) {
            // What cannot be looked at is lost, too.
        }
        throw new ResidualException(
                Kind.BAD_RUN,
                directory + ": its file " + FILE + " was deleted or replaced, so that another process may write here:"
                        + " stopped before writing; resume when no other process does");
    }

    /**
     * Releases the lock. Closing twice is harmless.
     *
     * @throws ResidualException of kind BAD_RUN if the system does not release it
     */
    @Override
    public void close() {
        if (!channel.isOpen()) {
            return;
        }
        try {
            channel.close();
        } catch (IOException e) {
            throw new ResidualException(Kind.BAD_RUN, directory + ": the lock cannot be released: " + e, e);
        } finally {
            HELD.remove(realDirectory);
        }
    }
}
