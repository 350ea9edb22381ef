package io.residual.spark.training;

import io.residual.data.ImageSet;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The workers that an executor keeps from one round to the next, as many as it had tasks at a time. Spark gives tasks no
 * place for what they keep but the process: this is its only static state. Those of another run are dropped when a run
 * starts.
 */
final class WorkerPool {
    private static final WorkerPool OF_THIS_PROCESS = new WorkerPool();

    private final Deque<Worker> idle = new ArrayDeque<>();
    private String run = "";
    private @Nullable ImageSet images;

    static WorkerPool ofThisProcess() {
        return OF_THIS_PROCESS;
    }

    /** A round, by a worker that is not busy. */
    WorkerResult take(String run, Supplier<SharedJob> job, Round round, int part, float[] values) {
        Worker worker = worker(run, job);
        WorkerResult result = worker.take(round, part, values);
        // One whose step failed is not given back.
        giveBack(run, worker);
        return result;
    }

    private synchronized Worker worker(String wanted, Supplier<SharedJob> job) {
        if (!run.equals(wanted)) {
            idle.clear();
            run = wanted;
            images = null;
        }
        Worker known = idle.poll();
        if (known != null) {
            return known;
        }
        SharedJob shared = job.get();
        if (images == null) {
            images = shared.images();
        }
        return new Worker(shared, images);
    }

    private synchronized void giveBack(String of, Worker worker) {
        if (run.equals(of)) {
            idle.push(worker);
        }
    }
}
