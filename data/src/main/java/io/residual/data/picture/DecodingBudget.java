package io.residual.data.picture;

import io.residual.data.picture.PictureException.Reason;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Heap for pictures while they are decoded, shared by all threads: it bounds memory where the number of processors would
 * not. Whoever decodes reserves what the picture's header asks for, see {@link PictureHeader#decodingBytes}, and gives it
 * back when the picture is of no more use. Waiting threads are served in their order, so that none waits for ever.
 *
 * <p>Safe for use by several threads.
 */
public final class DecodingBudget {
    /** Of the heap; images that are kept may take two thirds of it. */
    private static final double SHARE = 0.3;

    private static final int UNIT = 1024;

    private final int units;
    private final Semaphore free;

    /** @param bytes that pictures may take at a time, at least 1 */
    public DecodingBudget(long bytes) {
        if (!(bytes >= 1)) {
            throw new IllegalArgumentException("a budget has at least 1 byte, got " + bytes);
        }
        this.units = units(bytes);
        this.free = new Semaphore(units, true);
    }

    /** A share of this process's heap. */
    public static DecodingBudget ofHeap() {
        return new DecodingBudget((long) (SHARE * Runtime.getRuntime().maxMemory()));
    }

    private static int units(long bytes) {
        return (int) Math.min(Integer.MAX_VALUE, (bytes + UNIT - 1) / UNIT);
    }

    /**
     * Waits until there is room.
     *
     * @throws PictureException if there never will be
     */
    public Lease reserve(long bytes) throws PictureException {
        requireRoom(bytes);
        free.acquireUninterruptibly(units(bytes));
        return new Lease(units(bytes));
    }

    /**
     * Reserves if there is room now.
     *
     * @throws PictureException if there never will be
     */
    public Optional<Lease> tryReserve(long bytes) throws PictureException {
        requireRoom(bytes);
        return free.tryAcquire(units(bytes)) ? Optional.of(new Lease(units(bytes))) : Optional.empty();
    }

    /**
     * Reserves if there is room within a time.
     *
     * @throws PictureException if there never will be
     */
    public Optional<Lease> tryReserve(long bytes, Duration maxWait) throws PictureException {
        requireRoom(bytes);
        try {
            return free.tryAcquire(units(bytes), maxWait.toNanos(), TimeUnit.NANOSECONDS)
                    ? Optional.of(new Lease(units(bytes)))
                    : Optional.empty();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Optional.empty();
        }
    }

    private void requireRoom(long bytes) throws PictureException {
        if (units(bytes) > units) {
            throw new PictureException(
                    Reason.LIMIT,
                    String.format(
                            Locale.ROOT,
                            "takes %,d MB of memory to decode, and %,d MB are for that: reduce the picture, or give a"
                                    + " larger heap (RESIDUAL_JAVA_OPTS=-Xmx%dg)",
                            bytes / 1_000_000,
                            (long) units * UNIT / 1_000_000,
                            (long) Math.ceil(bytes / SHARE / (1L << 30))));
        }
    }

    /** Bytes that can be reserved now. */
    public long available() {
        return (long) free.availablePermits() * UNIT;
    }

    /** What was reserved; given back once, by closing it, on any thread, and when no decoder uses it any more. */
    public final class Lease implements AutoCloseable {
        private final int reserved;
        private final AtomicBoolean open = new AtomicBoolean(true);
        private final AtomicInteger users = new AtomicInteger(1);

        private Lease(int reserved) {
            this.reserved = reserved;
        }

        /** For a decoder that may outlast its caller. */
        void retain() {
            users.incrementAndGet();
        }

        void release() {
            if (users.decrementAndGet() == 0) {
                free.release(reserved);
            }
        }

        @Override
        public void close() {
            if (open.compareAndSet(true, false)) {
                release();
            }
        }
    }
}
