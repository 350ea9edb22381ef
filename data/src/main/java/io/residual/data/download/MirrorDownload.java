package io.residual.data.download;

import io.residual.core.files.FileLock;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.UnresolvedAddressException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.OptionalLong;
import java.util.concurrent.Flow;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Fetches files from the first of several mirrors that has them whole and right. What is there of a file is kept as
 * {@code NAME.part} beside its place, and the next attempt, of this process or a later one, asks for the rest only
 * (HTTP Range). A file gets its name when it is complete, checked and on the disk, and not before.
 */
public final class MirrorDownload {
    private static final Pattern CONTENT_RANGE = Pattern.compile("bytes (\\d{1,18})-\\d+/(\\d+|\\*)");
    private static final int OK = 200;
    private static final int PARTIAL_CONTENT = 206;
    private static final int RANGE_NOT_SATISFIABLE = 416;

    /** Judges a complete file. */
    @FunctionalInterface
    public interface Check {
        /**
         * Judges a file.
         *
         * @return what is wrong with the content of the file, or empty if nothing is
         */
        String fault(Path file);
    }

    private final List<URI> mirrors;
    private final DownloadLimits limits;
    private final DownloadProgress progress;
    private final HttpClient client;

    /**
     * Makes a downloader; it holds no connection until it is used.
     *
     * @param mirrors folders, each ending in "/", in the order in which they are asked
     */
    public MirrorDownload(List<URI> mirrors, DownloadLimits limits, DownloadProgress progress) {
        this.mirrors = List.copyOf(mirrors);
        this.limits = limits;
        this.progress = progress;
        this.client = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .connectTimeout(limits.connect())
                .followRedirects(HttpClient.Redirect.NORMAL)
                .build();
    }

    /**
     * Fetches one file into the folder of a lock.
     *
     * @throws DownloadFailed if no mirror gave the file
     * @throws IOException if the folder cannot be written
     */
    public void fetch(String name, FileLock lock, Check check)
            throws DownloadFailed, IOException, InterruptedException {
        Path folder = lock.directory();
        Path part = folder.resolve(name + ".part");
        List<String> reasons = new ArrayList<>();
        for (URI mirror : mirrors) {
            URI source = mirror.resolve(name);
            try {
                fetch(source, part, check);
                Files.move(part, folder.resolve(name), StandardCopyOption.ATOMIC_MOVE);
                sync(folder);
                return;
            } catch (MirrorFault e) {
                reasons.add(source + ": " + e.getMessage());
                if (length(part) == 0) {
                    Files.deleteIfExists(part);
                }
            }
        }
        throw new DownloadFailed(reasons);
    }

    private void fetch(URI source, Path part, Check check) throws MirrorFault, IOException, InterruptedException {
        boolean resumed = length(part) > 0;
        transfer(source, part);
        String fault = check.fault(part);
        if (!fault.isEmpty() && resumed) {
            // The part may have been of another mirror, which compressed the content in its own way.
            Files.delete(part);
            transfer(source, part);
            fault = check.fault(part);
        }
        if (!fault.isEmpty()) {
            Files.delete(part);
            throw new MirrorFault(fault);
        }
    }

    private void transfer(URI source, Path part) throws MirrorFault, IOException, InterruptedException {
        for (int attempt = 1; ; attempt++) {
            try {
                attempt(source, part);
                return;
            } catch (ConnectionFault e) {
                if (attempt == limits.attempts()) {
                    throw e;
                }
            }
        }
    }

    private void attempt(URI source, Path part) throws MirrorFault, IOException, InterruptedException {
        long offset = length(part);
        HttpResponse<Flow.Publisher<List<ByteBuffer>>> response = request(source, offset);
        try (var body = new BodyQueue(limits.stall())) {
            response.body().subscribe(body);
            if (response.statusCode() == RANGE_NOT_SATISFIABLE && offset > 0) {
                Files.delete(part);
                throw new ConnectionFault("status 416 for the rest of a part");
            }
            if (response.statusCode() != OK && response.statusCode() != PARTIAL_CONTENT) {
                throw new MirrorFault("status " + response.statusCode());
            }
            long from = response.statusCode() == PARTIAL_CONTENT ? resumedFrom(response, offset) : 0;
            receive(source, body, part, from, totalBytes(response, from));
        }
    }

    private HttpResponse<Flow.Publisher<List<ByteBuffer>>> request(URI source, long offset)
            throws ConnectionFault, InterruptedException {
        HttpRequest.Builder request =
                HttpRequest.newBuilder(source).timeout(limits.connect().plus(limits.stall()));
        if (offset > 0) {
            request.header("Range", "bytes=" + offset + "-");
        }
        try {
            return client.send(request.build(), BodyHandlers.ofPublisher());
        } catch (IOException e) {
            throw new ConnectionFault(reason(e));
        }
    }

    private static long resumedFrom(HttpResponse<?> response, long offset) throws MirrorFault {
        Matcher range = CONTENT_RANGE.matcher(
                response.headers().firstValue("Content-Range").orElse(""));
        if (!range.matches() || Long.parseLong(range.group(1)) != offset) {
            throw new MirrorFault("asked for the bytes from " + offset + " on, was given others");
        }
        return offset;
    }

    private long totalBytes(HttpResponse<?> response, long from) throws MirrorFault {
        OptionalLong length = response.headers().firstValueAsLong("Content-Length");
        if (length.isEmpty()) {
            return -1;
        }
        long total = from + length.getAsLong();
        if (total > limits.maxBytes()) {
            throw tooLarge();
        }
        return total;
    }

    private MirrorFault tooLarge() {
        return new MirrorFault(
                String.format(Locale.ROOT, "larger than the %,d bytes that are allowed", limits.maxBytes()));
    }

    private void receive(URI source, BodyQueue body, Path part, long from, long total)
            throws MirrorFault, IOException, InterruptedException {
        try (FileChannel file = FileChannel.open(part, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                DownloadProgress.Transfer transfer = progress.start(source, total)) {
            file.truncate(from);
            file.position(from);
            for (List<ByteBuffer> piece = next(body); !piece.isEmpty(); piece = next(body)) {
                for (ByteBuffer buffer : piece) {
                    if (file.position() + buffer.remaining() > limits.maxBytes()) {
                        file.truncate(0);
                        throw tooLarge();
                    }
                    while (buffer.hasRemaining()) {
                        file.write(buffer);
                    }
                }
                transfer.reached(file.position());
            }
            file.force(true);
        }
    }

    /** The next piece of the body, an empty one at its end. */
    private static List<ByteBuffer> next(BodyQueue body) throws ConnectionFault, InterruptedException {
        try {
            List<ByteBuffer> piece = body.take();
            return piece == null ? List.of() : piece;
        } catch (IOException e) {
            throw new ConnectionFault(reason(e));
        }
    }

    /** The JDK's exceptions for a failed connection often have no message. */
    private static String reason(IOException e) {
        if (e instanceof ConnectException) {
            for (Throwable cause = e.getCause(); cause != null; cause = cause.getCause()) {
                if (cause instanceof UnresolvedAddressException) {
                    return "no address is known for the host";
                }
            }
            return "cannot connect";
        }
        String message = e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
        Throwable cause = e.getCause();
        return cause == null || cause.getMessage() == null ? message : message + " (" + cause.getMessage() + ")";
    }

    private static long length(Path part) throws IOException {
        return Files.exists(part) ? Files.size(part) : 0;
    }

    /** Makes the new name last: a rename is written with its folder, not with the file. */
    private static void sync(Path folder) throws IOException {
        try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
            channel.force(true);
        } catch (AccessDeniedException e) {
            // Windows does not open folders, and writes renames through by itself.
        }
    }

    /** The mirror is of no use for this file. */
    private static class MirrorFault extends Exception {
        MirrorFault(String message) {
            super(message);
        }
    }

    /** The connection failed or broke: another attempt may go on from there. */
    private static final class ConnectionFault extends MirrorFault {
        ConnectionFault(String message) {
            super(message);
        }
    }
}
