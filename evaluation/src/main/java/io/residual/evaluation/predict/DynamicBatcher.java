package io.residual.evaluation.predict;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;

/**
 * Runs requests of many threads through a network together. One thread takes the requests that arrived while the last batch
 * was computed, so that a lone request never waits for others, and many fill batches. Batches have 1, 2, 4, 8, ... images:
 * kernels are prepared for each size, and so for few sizes.
 */
final class DynamicBatcher implements AutoCloseable {
    /** Computes a batch: one row of results for each row of inputs. */
    @FunctionalInterface
    interface Computation {
        List<float[]> apply(List<float[]> inputs);
    }

    private static final class Request {
        private final float[] input;
        private final CompletableFuture<float[]> result = new CompletableFuture<>();

        Request(float[] input) {
            this.input = input;
        }
    }

    private final Computation computation;
    private final int maxBatchSize;
    private final int maxQueueSize;
    private final Deque<Request> waiting = new ArrayDeque<>();
    private final Thread worker = new Thread(this::runWorker, "classifier");
    private boolean closed;

    /**
     * Starts the thread.
     *
     * @param maxBatchSize at least 1
     * @param maxQueueSize how many requests may wait before more are rejected, at least 1
     */
    DynamicBatcher(Computation computation, int maxBatchSize, int maxQueueSize) {
        if (!(maxBatchSize >= 1 && maxQueueSize >= 1)) {
            throw new IllegalArgumentException(
                    "a batch and the queue hold at least 1, got " + maxBatchSize + " and " + maxQueueSize);
        }
        this.computation = computation;
        this.maxBatchSize = Integer.highestOneBit(maxBatchSize);
        this.maxQueueSize = maxQueueSize;
        // A classifier that is not closed must not keep the program alive.
        worker.setDaemon(true);
        worker.start();
    }

    /**
     * Adds a request, immediately or not at all.
     *
     * @return the result to come; cancelling it does not stop work that has started
     * @throws RejectedExecutionException if too many wait
     * @throws IllegalStateException if this is closed
     */
    synchronized CompletableFuture<float[]> submit(float[] input) {
        requireOpen();
        if (waiting.size() >= maxQueueSize) {
            throw new RejectedExecutionException(maxQueueSize + " images wait already: try again later");
        }
        return add(input);
    }

    /**
     * Adds a request as soon as there is room for it.
     *
     * @throws IllegalStateException if this is closed, also while waiting
     */
    synchronized CompletableFuture<float[]> submitWhenRoom(float[] input) throws InterruptedException {
        while (!closed && waiting.size() >= maxQueueSize) {
            wait();
        }
        requireOpen();
        return add(input);
    }

    private void requireOpen() {
        if (closed) {
            throw new IllegalStateException("the classifier is closed");
        }
    }

    private CompletableFuture<float[]> add(float[] input) {
        Request request = new Request(input);
        waiting.add(request);
        notifyAll();
        return request.result;
    }

    /** How many requests wait, without those being computed. */
    synchronized int waiting() {
        return waiting.size();
    }

    private void runWorker() {
        for (List<Request> batch = next(); !batch.isEmpty(); batch = next()) {
            compute(batch);
        }
    }

    /** Waits for requests; empty when closed and all are answered. */
    private synchronized List<Request> next() {
        while (waiting.isEmpty() && !closed) {
            try {
                wait();
            } catch (InterruptedException e) {
                // Only closing ends the thread.
            }
        }
        int size = Math.min(maxBatchSize, Integer.highestOneBit(waiting.size()));
        List<Request> batch = new ArrayList<>(size);
        for (int i = 0; i < size; i++) {
            batch.add(waiting.remove());
        }
        notifyAll();
        return batch;
    }

    private void compute(List<Request> batch) {
        try {
            List<float[]> rows = computation.apply(
                    batch.stream().map(request -> request.input).toList());
            for (int i = 0; i < batch.size(); i++) {
                batch.get(i).result.complete(rows.get(i));
            }
        } catch (RuntimeException | Error error) {
            // Also an error such as running out of memory: callers must not wait forever, and later requests may
            // succeed.
            batch.forEach(request -> request.result.completeExceptionally(error));
        }
    }

    /** Rejects new requests, answers those that wait, and ends the thread. */
    @Override
    public void close() {
        synchronized (this) {
            closed = true;
            notifyAll();
        }
        boolean interrupted = false;
        while (worker.isAlive()) {
            try {
                worker.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
