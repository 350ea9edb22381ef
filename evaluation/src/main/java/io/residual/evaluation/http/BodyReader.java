package io.residual.evaluation.http;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Request;

/**
 * Reads the body of a request to its end without holding a thread, and keeps it if it is not too long. What is not kept is
 * read as well: a server that closes a connection with something unread makes the system reset it, and the client may never
 * see the answer.
 */
public final class BodyReader implements Runnable {
    private final Request request;
    private final int max;
    private final ByteArrayOutputStream kept;
    private final CompletableFuture<Optional<byte[]>> body = new CompletableFuture<>();
    private boolean fits = true;

    private BodyReader(Request request, int max) {
        this.request = request;
        this.max = max;
        this.kept = new ByteArrayOutputStream((int) Math.max(0, Math.min(request.getLength(), max)));
    }

    /**
     * Reads a body.
     *
     * @param max bytes to keep
     * @param timeout from the first byte of the request on
     * @return the body, or nothing if it is longer; fails with a {@link java.util.concurrent.TimeoutException} if it is
     *     slower, with another error if the client ends it too early
     */
    public static CompletableFuture<Optional<byte[]>> read(Request request, int max, Duration timeout) {
        long elapsed = System.nanoTime() - request.getBeginNanoTime();
        BodyReader reader = new BodyReader(request, max);
        reader.run();
        return reader.body.orTimeout(Math.max(1, timeout.toNanos() - elapsed), TimeUnit.NANOSECONDS);
    }

    @Override
    public void run() {
        while (true) {
            Content.Chunk chunk = request.read();
            if (chunk == null) {
                request.demand(this);
                return;
            }
            if (Content.Chunk.isFailure(chunk)) {
                body.completeExceptionally(chunk.getFailure());
                return;
            }
            keep(chunk.getByteBuffer());
            chunk.release();
            if (chunk.isLast()) {
                body.complete(fits ? Optional.of(kept.toByteArray()) : Optional.empty());
                return;
            }
        }
    }

    private void keep(ByteBuffer bytes) {
        fits = fits && bytes.remaining() <= max - kept.size();
        if (fits) {
            byte[] copy = new byte[bytes.remaining()];
            bytes.get(copy);
            kept.writeBytes(copy);
        } else {
            kept.reset();
        }
    }
}
