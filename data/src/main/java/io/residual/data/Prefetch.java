package io.residual.data;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.NoSuchElementException;
import org.jspecify.annotations.Nullable;

/**
 * One pass over an iterator whose batches are made ahead by a daemon thread, at most {@code depth} of them. The source
 * belongs to this object until it is closed; the batches are the source's, in its order.
 *
 * <p>An exception of the source is thrown, itself, by {@link #hasNext()} and {@link #next()} after the batches that were
 * made before it. The thread starts with this object, and ends with the source's last batch, with an exception, or with
 * {@link #close()}, which waits for it.
 *
 * <p>ND4J's {@code AsyncDataSetIterator} is no substitute: when the source throws while the consumer waits, the consumer
 * waits for ever (1.0.0-M2.1).
 */
public final class Prefetch implements Iterator<Batch>, AutoCloseable {
    private final Iterator<Batch> source;
    private final int depth;
    private final Thread thread;
    /** Guards all below. */
    private final Object lock = new Object();

    private final Deque<Batch> ready = new ArrayDeque<>();
    private boolean exhausted;
    private boolean closed;
    private @Nullable Throwable failure;

    public Prefetch(Iterator<Batch> source, int depth) {
        if (depth < 1) {
            throw new IllegalArgumentException("at least one batch is made ahead, not " + depth);
        }
        this.source = source;
        this.depth = depth;
        this.thread = new Thread(this::run, "residual-prefetch");
        thread.setDaemon(true);
        thread.start();
    }

    private void run() {
        try {
            while (source.hasNext() && awaitRoom()) {
                add(source.next());
            }
        } catch (InterruptedException e) {
            // Only close() interrupts this thread, and nobody waits for a batch after that.
        } catch (Throwable e) {
            synchronized (lock) {
                failure = e;
            }
        } finally {
            synchronized (lock) {
                exhausted = true;
                lock.notifyAll();
            }
        }
    }

    /** Waits before a batch is made and not after, so that no more than {@code depth} are ever in memory. */
    private boolean awaitRoom() throws InterruptedException {
        synchronized (lock) {
            while (ready.size() >= depth && !closed) {
                lock.wait();
            }
            return !closed;
        }
    }

    private void add(Batch batch) {
        synchronized (lock) {
            ready.add(batch);
            lock.notifyAll();
        }
    }

    /**
     * Whether a batch is left; waits until that is known.
     *
     * @throws IllegalStateException if closed, or if the waiting thread is interrupted
     */
    @Override
    public boolean hasNext() {
        synchronized (lock) {
            while (ready.isEmpty() && !exhausted && !closed) {
                try {
                    lock.wait();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                    throw new IllegalStateException("interrupted while waiting for a batch", e);
                }
            }
            if (closed) {
                throw new IllegalStateException("the prefetch is closed");
            }
            if (ready.isEmpty() && failure != null) {
                throw rethrown(failure);
            }
            return !ready.isEmpty();
        }
    }

    private static RuntimeException rethrown(Throwable failure) {
        if (failure instanceof Error error) {
            throw error;
        }
        return failure instanceof RuntimeException unchecked ? unchecked : new IllegalStateException(failure);
    }

    @Override
    public Batch next() {
        if (!hasNext()) {
            throw new NoSuchElementException("the source has no more batches");
        }
        synchronized (lock) {
            Batch batch = ready.remove();
            lock.notifyAll();
            return batch;
        }
    }

    /** Stops the thread, waits until it has ended, and drops the batches that nobody took. Closing twice is harmless. */
    @Override
    public void close() {
        synchronized (lock) {
            closed = true;
            ready.clear();
            lock.notifyAll();
        }
        thread.interrupt();
        boolean interrupted = false;
        while (thread.isAlive()) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        synchronized (lock) {
            ready.clear();
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
