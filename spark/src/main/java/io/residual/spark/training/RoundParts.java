package io.residual.spark.training;

import io.residual.core.ResidualException;
import io.residual.core.ResidualException.Kind;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The parts of a round, each of which goes to whichever worker is ready next: results do not depend on who works on what. A
 * worker that is lost leaves its part to the others, and there may be fewer workers than parts. For several threads.
 */
final class RoundParts {
    /**
     * What a worker that is ready gets.
     *
     * @param part of each batch, from 0; -1 if the run is over
     * @param round see {@link Round#toBytes}
     */
    @SuppressWarnings("ArrayRecordComponent") // as large as the network, and the same for all
    record Assignment(int part, byte[] round) {
        private static final Assignment END = new Assignment(-1, new byte[0]);
    }

    /** Workers that are ready, the longest first. */
    private final Map<Long, Consumer<Assignment>> ready = new LinkedHashMap<>();

    private final Map<Integer, Long> taken = new HashMap<>();
    private final Set<Long> lost = new HashSet<>();
    private final Deque<Integer> open = new ArrayDeque<>();
    private @Nullable WorkerResult[] results = {};
    private byte[] message = {};
    private long iteration = -1;
    private int missing;
    private long complete;
    private boolean closed;
    private @Nullable ResidualException failure;

    /**
     * Waits for the results of a round's parts, in their order.
     *
     * @param values to start from
     * @throws ResidualException the one that ended the workers; of kind INTERRUPTED if this thread is interrupted
     */
    synchronized List<WorkerResult> take(Round round, float[] values) {
        iteration = round.iteration();
        message = round.toBytes(values);
        results = new WorkerResult[round.workers()];
        missing = results.length;
        taken.clear();
        open.clear();
        for (int part = 0; part < results.length; part++) {
            open.add(part);
        }
        assign();
        try {
            while (missing > 0) {
                if (failure != null) {
                    throw failure;
                }
                wait();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ResidualException(Kind.INTERRUPTED, "interrupted while the cluster trained", e);
        }
        complete++;
        return Stream.of(results).map(Objects::requireNonNull).toList();
    }

    /**
     * A worker is ready.
     *
     * @param worker its number, which no other ever has
     * @param answer is called with its next part, at once or later
     */
    synchronized void ready(long worker, Consumer<Assignment> answer) {
        if (closed) {
            answer.accept(Assignment.END);
        } else if (!lost.contains(worker)) {
            ready.put(worker, answer);
            assign();
        }
    }

    /** A part of the round that starts after so many iterations is done; of no use if that was an earlier round. */
    synchronized void done(long ofIteration, int part, WorkerResult result) {
        if (ofIteration == iteration && results[part] == null) {
            results[part] = result;
            taken.remove(part);
            missing--;
            notifyAll();
        }
    }

    /** A worker is lost, and with it what it worked on. */
    synchronized void lost(long worker) {
        lost.add(worker);
        ready.remove(worker);
        taken.entrySet().removeIf(entry -> entry.getValue() == worker && open.add(entry.getKey()));
        assign();
    }

    /** No worker will be ready again. */
    synchronized void fail(ResidualException error) {
        failure = error;
        notifyAll();
    }

    /** Rounds that all parts are done of. */
    synchronized long complete() {
        return complete;
    }

    /** Ends the workers as soon as they are ready. */
    synchronized void close() {
        closed = true;
        ready.values().forEach(answer -> answer.accept(Assignment.END));
        ready.clear();
    }

    private void assign() {
        Iterator<Map.Entry<Long, Consumer<Assignment>>> next = ready.entrySet().iterator();
        while (next.hasNext() && !open.isEmpty()) {
            Map.Entry<Long, Consumer<Assignment>> worker = next.next();
            next.remove();
            int part = open.remove();
            taken.put(part, worker.getKey());
            worker.getValue().accept(new Assignment(part, message));
        }
    }
}
