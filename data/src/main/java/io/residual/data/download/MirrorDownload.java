package io.residual.data.download;

import io.residual.core.files.FileLock;
import io.residual.core.files.IoErrors;
import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.HttpURLConnection;
import java.net.Proxy;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.net.URL;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Fetches files from the first of several mirrors that has them complete and right. A file is written as {@code NAME.part} in its
 * folder, and gets its name when it is complete, checked and on the disk, and not before. A download that is cut starts again.
 */
public final class MirrorDownload {
    private static final int CHUNK_BYTES = 1 << 16;

    /** Checks a complete file. */
    @FunctionalInterface
    public interface Check {
        /** What is wrong with the content of a file; empty if nothing is. */
        String error(Path file);
    }

    private final List<URI> mirrors;
    private final DownloadLimits limits;
    private final DownloadProgress progress;

    /** @param mirrors folders, each ending in "/", in the order in which they are asked */
    public MirrorDownload(List<URI> mirrors, DownloadLimits limits, DownloadProgress progress) {
        this.mirrors = List.copyOf(mirrors);
        this.limits = limits;
        this.progress = progress;
    }

    /**
     * Fetches one file into the folder of a lock.
     *
     * @throws DownloadFailed if no mirror gave the file
     * @throws IOException if the folder cannot be written
     */
    public void fetch(String name, FileLock lock, Check check) throws DownloadFailed, IOException {
        Path folder = lock.directory();
        Path part = folder.resolve(name + ".part");
        List<String> reasons = new ArrayList<>();
        for (URI mirror : mirrors) {
            URI source = mirror.resolve(name);
            try {
                transfer(source, part);
                String error = check.error(part);
                if (!error.isEmpty()) {
                    throw new MirrorError(error);
                }
                Files.move(part, folder.resolve(name), StandardCopyOption.ATOMIC_MOVE);
                sync(folder);
                return;
            } catch (MirrorError e) {
                reasons.add(source + ": " + e.getMessage());
            } finally {
                Files.deleteIfExists(part);
            }
        }
        throw new DownloadFailed(reasons);
    }

    private void transfer(URI source, Path part) throws MirrorError, IOException {
        for (int attempt = 1; ; attempt++) {
            try {
                attempt(source, part);
                return;
            } catch (ConnectionError e) {
                if (attempt == limits.attempts()) {
                    throw e;
                }
            }
        }
    }

    private void attempt(URI source, Path part) throws MirrorError, IOException {
        HttpURLConnection connection = open(source);
        connection.setConnectTimeout(Math.toIntExact(limits.connect().toMillis()));
        connection.setReadTimeout(Math.toIntExact(limits.stall().toMillis()));
        try {
            int status = status(connection);
            if (status != HttpURLConnection.HTTP_OK) {
                throw new MirrorError("status " + status);
            }
            long total = connection.getContentLengthLong();
            if (total > limits.maxBytes()) {
                throw tooLarge();
            }
            long received = receive(connection, part, progress.start(source, total));
            if (total >= 0 && received < total) {
                throw new ConnectionError(
                        String.format(Locale.ROOT, "the connection broke after %,d of %,d bytes", received, total));
            }
        } finally {
            connection.disconnect();
        }
    }

    /** Without a variable for a proxy, as Java's own properties say. */
    private static HttpURLConnection open(URI source) throws MirrorError, IOException {
        Optional<Proxy> proxy;
        try {
            proxy = ProxyVariables.proxy(source, System.getenv());
        } catch (IllegalArgumentException e) {
            throw new MirrorError(String.valueOf(e.getMessage()));
        }
        URL url = source.toURL();
        return (HttpURLConnection) (proxy.isPresent() ? url.openConnection(proxy.get()) : url.openConnection());
    }

    private static int status(HttpURLConnection connection) throws ConnectionError {
        try {
            return connection.getResponseCode();
        } catch (UnknownHostException e) {
            throw new ConnectionError("no address is known for the host");
        } catch (ConnectException e) {
            throw new ConnectionError("cannot connect");
        } catch (SocketTimeoutException e) {
            throw new ConnectionError("request timed out");
        } catch (IOException e) {
            throw new ConnectionError(IoErrors.reason(e));
        }
    }

    private MirrorError tooLarge() {
        return new MirrorError(
                String.format(Locale.ROOT, "larger than the %,d bytes that are allowed", limits.maxBytes()));
    }

    /** Writes the body, and returns how many bytes there were. */
    private long receive(HttpURLConnection connection, Path part, DownloadProgress.Transfer started)
            throws MirrorError, IOException {
        byte[] chunk = new byte[CHUNK_BYTES];
        try (DownloadProgress.Transfer transfer = started;
                FileChannel file = FileChannel.open(
                        part,
                        StandardOpenOption.CREATE,
                        StandardOpenOption.WRITE,
                        StandardOpenOption.TRUNCATE_EXISTING)) {
            for (int count = read(connection, chunk); count >= 0; count = read(connection, chunk)) {
                if (file.position() + count > limits.maxBytes()) {
                    throw tooLarge();
                }
                ByteBuffer bytes = ByteBuffer.wrap(chunk, 0, count);
                while (bytes.hasRemaining()) {
                    file.write(bytes);
                }
                transfer.reached(file.position());
            }
            file.force(true);
            return file.position();
        }
    }

    private int read(HttpURLConnection connection, byte[] chunk) throws ConnectionError {
        try {
            InputStream body = connection.getInputStream();
            return body.read(chunk);
        } catch (SocketTimeoutException e) {
            throw new ConnectionError("no byte came for " + limits.stall().toMillis() / 1000.0 + " s");
        } catch (IOException e) {
            throw new ConnectionError("the connection broke (" + IoErrors.reason(e) + ")");
        }
    }

    /** Makes the new name last: a rename is written with its folder, not with the file. */
    private static void sync(Path folder) throws IOException {
        try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
            channel.force(true);
        } catch (AccessDeniedException e) {
            // Windows does not open folders, and needs no such call.
        }
    }

    /** The mirror is of no use for this file. */
    private static class MirrorError extends Exception {
        MirrorError(String message) {
            super(message);
        }
    }

    /** The connection failed or broke: another attempt may succeed. */
    private static final class ConnectionError extends MirrorError {
        ConnectionError(String message) {
            super(message);
        }
    }
}
