package io.residual.data.download;

import java.io.IOException;
import java.net.http.HttpTimeoutException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Flow;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The body of an HTTP answer, piece by piece, with a limit on the wait for each: a time-out of the JDK's client ends with
 * the headers, and a server that falls silent after them would hold a reader for ever. One piece is asked for ahead,
 * so that memory stays small.
 */
final class BodyQueue implements Flow.Subscriber<List<ByteBuffer>>, AutoCloseable {
    private sealed interface Event {}

    private record Piece(List<ByteBuffer> buffers) implements Event {}

    private record End(@Nullable Throwable failure) implements Event {}

    private final BlockingQueue<Event> events = new LinkedBlockingQueue<>();
    private final Duration stall;
    private Flow.@Nullable Subscription subscription;
    private boolean closed;

    BodyQueue(Duration stall) {
        this.stall = stall;
    }

    /**
     * The next piece, or null at the end of the body.
     *
     * @throws HttpTimeoutException if none comes in time
     * @throws IOException if the connection broke
     */
    @Nullable
    List<ByteBuffer> take() throws IOException, InterruptedException {
        Event event = poll();
        if (event instanceof Piece piece) {
            requestNext();
            return piece.buffers;
        }
        if (event instanceof End end && end.failure != null) {
            throw new IOException("the connection broke", end.failure);
        }
        return null;
    }

    private Event poll() throws HttpTimeoutException, InterruptedException {
        Event event = events.poll(stall.toMillis(), TimeUnit.MILLISECONDS);
        if (event == null) {
            throw new HttpTimeoutException("no byte came for " + stall.toMillis() / 1000.0 + " s");
        }
        return event;
    }

    private synchronized void requestNext() {
        if (subscription != null && !closed) {
            subscription.request(1);
        }
    }

    /** Ends the transfer, whether or not the body was read to its end. */
    @Override
    public synchronized void close() {
        closed = true;
        if (subscription != null) {
            subscription.cancel();
        }
    }

    @Override
    public synchronized void onSubscribe(Flow.Subscription newSubscription) {
        subscription = newSubscription;
        if (closed) {
            newSubscription.cancel();
        } else {
            newSubscription.request(1);
        }
    }

    @Override
    public void onNext(List<ByteBuffer> buffers) {
        events.add(new Piece(buffers));
    }

    @Override
    public void onError(Throwable failure) {
        events.add(new End(failure));
    }

    @Override
    public void onComplete() {
        events.add(new End(null));
    }
}
