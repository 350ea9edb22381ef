package io.residual.evaluation.serve;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.component.AbstractLifeCycle;
import org.eclipse.jetty.util.thread.Scheduler;

/**
 * Ends connections whose client sends the head of a request drop by drop (slow loris): each drop is activity, so that no
 * idle timeout ends them. They are answered 408. Bodies have a limit of their own in {@link PictureUpload}.
 */
final class SlowClientGuard extends AbstractLifeCycle implements Connection.Listener {
    private static final String TIMEOUT = """
            HTTP/1.1 408 Request Timeout\r
            Content-Type: application/json\r
            Content-Length: 51\r
            Connection: close\r
            \r
            {"error":"the head of the request came too slowly"}""";

    private final Scheduler scheduler;
    private final Duration most;
    private final Map<Connection, Head> heads = new ConcurrentHashMap<>();
    private volatile Scheduler.Task next = () -> false;

    /**
     * Since when a connection waits for the rest of a head.
     *
     * @param requests that the connection has had
     * @param bytes that it had when the last of them began
     */
    private record Head(long requests, long bytes, long sinceNanos) {}

    SlowClientGuard(Scheduler scheduler, Duration most) {
        this.scheduler = scheduler;
        this.most = most;
    }

    @Override
    protected void doStart() {
        look();
    }

    @Override
    protected void doStop() {
        next.cancel();
    }

    @Override
    public void onOpened(Connection connection) {
        heads.put(connection, new Head(connection.getMessagesIn(), connection.getBytesIn(), System.nanoTime()));
    }

    @Override
    public void onClosed(Connection connection) {
        heads.remove(connection);
    }

    private void look() {
        heads.replaceAll(this::look);
        next = scheduler.schedule(this::look, Math.max(1, most.toMillis() / 8), TimeUnit.MILLISECONDS);
    }

    private Head look(Connection connection, Head head) {
        boolean answering = connection.getMessagesIn() != connection.getMessagesOut();
        boolean nothingNew = connection.getBytesIn() == head.bytes();
        if (answering || nothingNew || connection.getMessagesIn() != head.requests()) {
            return new Head(connection.getMessagesIn(), connection.getBytesIn(), System.nanoTime());
        }
        if (System.nanoTime() - head.sinceNanos() > most.toNanos()) {
            Closeable end = connection.getEndPoint();
            connection
                    .getEndPoint()
                    .write(
                            Callback.from(() -> close(end), fault -> close(end)),
                            ByteBuffer.wrap(TIMEOUT.getBytes(StandardCharsets.US_ASCII)));
        }
        return head;
    }

    private static void close(Closeable end) {
        try {
            end.close();
        } catch (IOException e) {
            // The client has gone first.
        }
    }
}
