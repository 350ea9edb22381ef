package io.residual.core.files;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Replaces a file in one step that survives a crash: a reader sees the old content or the new, never a part. The content is
 * written beside the file, forced to the disk, read back and compared, and only then renamed.
 */
public final class AtomicFile {
    /** A process that is killed while it writes leaves such a file. */
    private static final Pattern TEMPORARY = Pattern.compile("\\..*\\.[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\\.tmp");

    private static final Duration MAX_WAIT = Duration.ofSeconds(5);

    private AtomicFile() {}

    /** Writes the content of a file. */
    @FunctionalInterface
    public interface Content {
        void writeTo(WritableByteChannel out) throws IOException;
    }

    /** Decides the name of a file when its content is on the disk, by the SHA-256 of it. */
    @FunctionalInterface
    public interface Naming {
        String apply(String sha256) throws IOException;
    }

    /** Creates or replaces a file of UTF-8 text. */
    public static void write(Path path, String text) throws IOException {
        ByteBuffer bytes = ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
        write(path, out -> {
            while (bytes.hasRemaining()) {
                out.write(bytes);
            }
        });
    }

    /**
     * Creates or replaces a file; if the path is a link, the file that it leads to. A device or a pipe is written to as it is.
     *
     * @throws IOException if it cannot be written, or reads back as something else; the path holds what it held before. For a
     *     named pipe also if nothing opens it for reading
     */
    public static void write(Path path, Content content) throws IOException {
        write(path, content, MAX_WAIT);
    }

    /** @param maxWait for the reader of a named pipe */
    static void write(Path path, Content content, Duration maxWait) throws IOException {
        if (isDevice(path)) {
            try (FileChannel device = open(path, maxWait)) {
                content.writeTo(device);
            }
            return;
        }
        Path target = Files.exists(path) ? path.toRealPath() : path.toAbsolutePath();
        String name = String.valueOf(target.getFileName());
        write(target.resolveSibling(""), name, content, sha256 -> name);
    }

    private static boolean isDevice(Path path) throws IOException {
        return Files.exists(path)
                && Files.readAttributes(path, BasicFileAttributes.class).isOther();
    }

    /** The system lets a process that opens a named pipe wait for its reader, which might never come. */
    private static FileChannel open(Path device, Duration maxWait) throws IOException {
        CompletableFuture<FileChannel> opened = new CompletableFuture<>();
        Thread opening = new Thread(
                () -> {
                    try {
                        opened.complete(FileChannel.open(device, StandardOpenOption.WRITE));
                    } catch (IOException e) {
                        opened.completeExceptionally(e);
                    }
                },
                "open-pipe");
        opening.setDaemon(true);
        opening.start();
        try {
            return opened.get(maxWait.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            throw new IOException("nothing reads from this pipe", e);
        } catch (ExecutionException e) {
            throw e.getCause() instanceof IOException io ? io : new IOException(e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw (IOException) new InterruptedIOException("interrupted").initCause(e);
        }
    }

    /**
     * Creates a file whose name holds the digest of its content.
     *
     * @param name of the file in the directory, made from the SHA-256 of its content (64 hex digits in lower case)
     * @return the file
     * @throws IOException if it cannot be written, or reads back as something else; the directory holds what it held before
     */
    public static Path writeNamed(Path directory, Content content, Naming name) throws IOException {
        return write(directory.toAbsolutePath(), "new", content, name);
    }

    private static Path write(Path directory, String draft, Content content, Naming name) throws IOException {
        // Not Files.createTempFile: it would leave the file readable by its owner only, against the umask.
        Path temporary = directory.resolve("." + draft + "." + UUID.randomUUID() + ".tmp");
        try {
            String written;
            try (FileChannel file =
                    FileChannel.open(temporary, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
                DigestingChannel out = new DigestingChannel(file);
                content.writeTo(out);
                file.force(true);
                written = Sha256.hex(out.digest);
            }
            if (!Sha256.of(temporary).equals(written)) {
                throw new IOException("what was written does not read back as the same: the disk is failing");
            }
            Path target = directory.resolve(name.apply(written));
            Files.move(temporary, target, StandardCopyOption.ATOMIC_MOVE);
            forceEntry(directory);
            return target;
        } finally {
            Files.deleteIfExists(temporary);
        }
    }

    /**
     * Deletes what processes that were killed while they wrote have left in a directory. No other process may be writing
     * there.
     */
    public static void deleteTemporaryFiles(Path directory) throws IOException {
        List<Path> leftovers;
        try (Stream<Path> files = Files.list(directory)) {
            leftovers = files.filter(AtomicFile::isTemporary).toList();
        }
        for (Path leftover : leftovers) {
            Files.deleteIfExists(leftover);
        }
    }

    /** Whether a file is one that is being written, or that a killed process has left. */
    public static boolean isTemporary(Path file) {
        return TEMPORARY.matcher(String.valueOf(file.getFileName())).matches();
    }

    /** Forces the new name itself to the disk, which only POSIX systems allow and need. */
    private static void forceEntry(Path directory) throws IOException {
        if (directory.getFileSystem().supportedFileAttributeViews().contains("posix")) {
            try (FileChannel entries = FileChannel.open(directory, StandardOpenOption.READ)) {
                entries.force(true);
            }
        }
    }

    /** Hands bytes on to another channel and computes their SHA-256 on the way. Closing it closes nothing. */
    private static final class DigestingChannel implements WritableByteChannel {
        private final WritableByteChannel out;
        private final MessageDigest digest = Sha256.digest();

        DigestingChannel(WritableByteChannel out) {
            this.out = out;
        }

        @Override
        public int write(ByteBuffer bytes) throws IOException {
            ByteBuffer written = bytes.duplicate();
            int count = out.write(bytes);
            digest.update(written.limit(written.position() + count));
            return count;
        }

        @Override
        public boolean isOpen() {
            return out.isOpen();
        }

        @Override
        public void close() {}
    }
}
