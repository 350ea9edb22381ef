package io.residual.evaluation.http;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.thread.Scheduler;

/**
 * Closes connections whose client sends the header of a request byte by byte (slow loris): each byte is activity, so that
 * no idle timeout closes them. They are answered 408. Bodies have a limit of their own, see {@link BodyReader}. While the
 * server stops, connections without a request are closed, too.
 */
final class SlowClientGuard extends Handler.Wrapper implements Connection.Listener {
    private static final String TIMEOUT = """
        HTTP/1.1 408 Request Timeout\r
        Content-Type: application/json\r
        Content-Length: 51\r
        Connection: close\r
        \r
        {"error":"the head of the request came too slowly"}\
        """;

    private final Scheduler scheduler;
    private final Duration maxDuration;
    private final BooleanSupplier stopping;
    /** Connections with a request in progress. Jetty counts an interim answer, 100 Continue, as one. */
    private final Set<Connection> answering = ConcurrentHashMap.newKeySet();

    private final Map<Connection, PendingHeader> pending = new ConcurrentHashMap<>();
    private volatile Scheduler.Task next = () -> false;

    /**
     * Since when a connection waits for the rest of a header.
     *
     * @param requests that the connection has had
     * @param bytes that it had when the last of them started
     */
    private record PendingHeader(long requests, long bytes, long sinceNanos) {}

    SlowClientGuard(Handler handler, Scheduler scheduler, Duration maxDuration, BooleanSupplier stopping) {
        super(handler);
        this.scheduler = scheduler;
        this.maxDuration = maxDuration;
        this.stopping = stopping;
    }

    @Override
    protected void doStart() throws Exception {
        super.doStart();
        check();
    }

    @Override
    protected void doStop() throws Exception {
        next.cancel();
        super.doStop();
    }

    @Override
    public boolean handle(Request request, Response response, Callback callback) throws Exception {
        Connection connection = request.getConnectionMetaData().getConnection();
        answering.add(connection);
        Request.addCompletionListener(request, error -> answering.remove(connection));
        return super.handle(request, response, callback);
    }

    @Override
    public void onOpened(Connection connection) {
        pending.put(
                connection, new PendingHeader(connection.getMessagesIn(), connection.getBytesIn(), System.nanoTime()));
    }

    @Override
    public void onClosed(Connection connection) {
        pending.remove(connection);
    }

    private void check() {
        pending.replaceAll(this::check);
        next = scheduler.schedule(this::check, Math.max(1, maxDuration.toMillis() / 8), TimeUnit.MILLISECONDS);
    }

    private PendingHeader check(Connection connection, PendingHeader header) {
        boolean isAnswering = answering.contains(connection);
        boolean nothingNew = connection.getBytesIn() == header.bytes();
        if (stopping.getAsBoolean() && nothingNew && !isAnswering) {
            close(connection.getEndPoint());
        }
        if (isAnswering || nothingNew || connection.getMessagesIn() != header.requests()) {
            return new PendingHeader(connection.getMessagesIn(), connection.getBytesIn(), System.nanoTime());
        }
        if (System.nanoTime() - header.sinceNanos() > maxDuration.toNanos()) {
            Closeable end = connection.getEndPoint();
            connection
                    .getEndPoint()
                    .write(
                            Callback.from(() -> close(end), error -> close(end)),
                            ByteBuffer.wrap(TIMEOUT.getBytes(StandardCharsets.US_ASCII)));
        }
        return header;
    }

    private static void close(Closeable end) {
        try {
            end.close();
        } catch (IOException e) {
            // The client has already disconnected.
        }
    }
}
