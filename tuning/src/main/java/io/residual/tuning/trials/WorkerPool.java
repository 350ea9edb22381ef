package io.residual.tuning.trials;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** Threads that share a queue of trainings until it is empty, its time is up, or one of them fails. */
record WorkerPool(int workers) {
    private static final int MAX_SAVING_SECONDS = 30;

    /** What the workers share. */
    interface Queue {
        /** Trains the next one, or waits for it. False if there is none any more. */
        boolean trainNext() throws InterruptedException;

        /** Ends it: no worker gets another training. */
        void stop();

        /** Whether no worker gets another training. */
        boolean isOver();
    }

    /**
     * Works until the queue is over.
     *
     * @param limit of time; empty for none
     * @return whether it was over within the limit
     * @throws io.residual.core.ResidualException if a worker cannot continue; all workers have ended
     */
    boolean run(Queue queue, Optional<Duration> limit) throws InterruptedException {
        ExecutorService pool = Executors.newFixedThreadPool(workers);
        List<? extends Future<?>> ends = Stream.generate(() -> pool.submit(() -> work(queue)))
                .limit(workers)
                .toList();
        pool.shutdown();
        boolean finished;
        try {
            finished = pool.awaitTermination(limit.map(Duration::toNanos).orElse(Long.MAX_VALUE), TimeUnit.NANOSECONDS);
        } finally {
            queue.stop();
            // Runs that are interrupted save and release their directories.
            pool.shutdownNow();
            pool.awaitTermination(MAX_SAVING_SECONDS, TimeUnit.SECONDS);
        }
        throwFirstFailure(ends);
        return finished;
    }

    private static void work(Queue queue) {
        try {
            while (queue.trainNext()) {
                // The next one.
            }
        } catch (InterruptedException stopped) {
            // The queue was stopped, and trains it another time.
        } catch (RuntimeException | Error e) {
            // A file that was being written when the queue was stopped is no failure.
            if (!(queue.isOver() && Thread.currentThread().isInterrupted())) {
                // The other workers end their trainings, and get no others.
                queue.stop();
                throw e;
            }
        }
    }

    private static void throwFirstFailure(List<? extends Future<?>> ends) throws InterruptedException {
        for (Future<?> end : ends) {
            try {
                if (end.isDone()) {
                    end.get();
                }
            } catch (ExecutionException e) {
                throw e.getCause() instanceof RuntimeException failure
                        ? failure
                        : new IllegalStateException("a worker's thread ended", e.getCause());
            }
        }
    }
}
