package io.residual.onednn.step;

import com.sun.jna.Function;
import com.sun.jna.NativeLibrary;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.function.IntConsumer;
import org.bytedeco.dnnl.global.dnnl;
import org.bytedeco.javacpp.Loader;
import org.jspecify.annotations.Nullable;

/**
 * Threads that work on parts of one batch side by side. oneDNN's kernels do not start threads of their own there, so that each
 * part stays in the cache of one core. One step runs at a time; others wait for it.
 */
public final class Workers {
    private static final int SPINS = 20_000;

    private final Thread[] threads;
    private final Object lock = new Object();
    private @Nullable IntConsumer job;
    private long jobs;
    private CountDownLatch done = new CountDownLatch(0);
    private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
    private final AtomicInteger waiting = new AtomicInteger();
    private volatile int generation;

    Workers(int count) {
        threads = new Thread[count];
        for (int i = 0; i < count; i++) {
            int index = i;
            threads[i] = new Thread(() -> work(index), "residual-step-" + i);
            threads[i].setDaemon(true);
            threads[i].start();
        }
    }

    public int count() {
        return threads.length;
    }

    /** Those of this process, as many as OpenMP would start, which OMP_NUM_THREADS sets. */
    public static Workers shared() {
        return Shared.WORKERS;
    }

    /** Runs a job in all threads, which are given their numbers, and waits for its end. */
    public synchronized void run(IntConsumer task) {
        synchronized (lock) {
            failure.set(null);
            waiting.set(0);
            done = new CountDownLatch(threads.length);
            job = task;
            jobs++;
            lock.notifyAll();
        }
        awaitAll();
        synchronized (lock) {
            job = null;
        }
        Throwable thrown = failure.get();
        if (thrown instanceof Error error) {
            throw error;
        }
        if (thrown != null) {
            throw new IllegalStateException("a part of a batch failed: " + thrown, thrown);
        }
    }

    /** Also when interrupted: the threads stop at their next wait for each other, and are then free for the next job. */
    private void awaitAll() {
        boolean interrupted = false;
        while (true) {
            try {
                done.await();
                break;
            } catch (InterruptedException e) {
                interrupted = true;
                failure.compareAndSet(null, new IllegalStateException("interrupted within a batch", e));
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private void work(int index) {
        useOneThread();
        long seen = 0;
        while (true) {
            IntConsumer task;
            synchronized (lock) {
                while (jobs == seen) {
                    try {
                        lock.wait();
                    } catch (InterruptedException e) {
                        return;
                    }
                }
                seen = jobs;
                task = Objects.requireNonNull(job);
            }
            try {
                task.accept(index);
            } catch (Throwable e) {
                failure.compareAndSet(null, e);
            }
            done.countDown();
        }
    }

    /**
     * Waits for all threads, the last of which does what must be done in between. Throws where another thread failed.
     *
     * @param between run by one thread, before any continues
     */
    void await(Runnable between) {
        int now = generation;
        if (waiting.incrementAndGet() == threads.length) {
            try {
                between.run();
            } catch (Throwable e) {
                failure.compareAndSet(null, e);
            }
            waiting.set(0);
            generation = now + 1;
        } else {
            for (int spins = 0; generation == now; spins++) {
                if (failure.get() != null) {
                    break;
                }
                if (spins < SPINS) {
                    Thread.onSpinWait();
                } else {
                    LockSupport.parkNanos(1);
                }
            }
        }
        if (failure.get() != null) {
            throw new IllegalStateException("another thread of this step failed");
        }
    }

    /**
     * oneDNN asks OpenMP how many threads a kernel may use, and OpenMP's answer belongs to the thread that asks. Where
     * OpenMP binds threads to cores, one that was started by a bound thread would share its core.
     */
    private static void useOneThread() {
        Library.OPENMP.getFunction("omp_set_num_threads").invokeVoid(new Object[] {1});
        byte[] cores = coresOfProcess();
        if (cores.length > 0) {
            try {
                NativeLibrary.getInstance("c")
                        .getFunction("sched_setaffinity")
                        .invokeInt(new Object[] {0, (long) cores.length, cores});
            } catch (LinkageError e) {
                // A C library without it: the thread stays where it was started.
                return;
            }
        }
    }

    /** A bit for each core that the process may use; nothing where that is not known. */
    private static byte[] coresOfProcess() {
        try {
            for (String line : Files.readAllLines(
                    Path.of("/proc/" + ProcessHandle.current().pid() + "/status"))) {
                if (line.startsWith("Cpus_allowed:")) {
                    String digits =
                            line.substring(line.indexOf(':') + 1).strip().replace(",", "");
                    // A C library takes whole machine words, the lowest first.
                    byte[] bits = new byte[(digits.length() + 15) / 16 * 8];
                    for (int i = 0; i < digits.length(); i++) {
                        int digit = Character.digit(digits.charAt(digits.length() - 1 - i), 16);
                        bits[i / 2] |= (byte) (digit << (i % 2 * 4));
                    }
                    return bits;
                }
            }
            return new byte[0];
        } catch (IOException | RuntimeException e) {
            return new byte[0];
        }
    }

    /** Runs a task in the calling thread, whose kernels start no threads meanwhile. */
    public static void alone(Runnable task) {
        int before = Library.OPENMP.getFunction("omp_get_max_threads").invokeInt(new Object[] {});
        Function setThreads = Library.OPENMP.getFunction("omp_set_num_threads");
        setThreads.invokeVoid(new Object[] {1});
        try {
            task.run();
        } finally {
            setThreads.invokeVoid(new Object[] {before});
        }
    }

    /** Why threads cannot be made to run kernels alone, if they cannot. */
    public static Optional<String> reasonUnavailable() {
        try {
            Library.OPENMP.getFunction("omp_set_num_threads");
            return Optional.empty();
        } catch (LinkageError | RuntimeException e) {
            return Optional.of("the OpenMP library of oneDNN cannot be called (" + e.getMessage() + ")");
        }
    }

    /** Loaded at the first question. */
    private static final class Library {
        static final NativeLibrary OPENMP = NativeLibrary.getInstance(Loader.load(dnnl.class));

        private Library() {}
    }

    /** Started at the first step. */
    private static final class Shared {
        static final Workers WORKERS = new Workers(
                Math.max(1, Library.OPENMP.getFunction("omp_get_max_threads").invokeInt(new Object[] {})));

        private Shared() {}
    }
}
