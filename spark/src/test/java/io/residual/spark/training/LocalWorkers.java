package io.residual.spark.training;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;

/** Workers that this process plays one after the other; all that executors get is serialised on its way. */
final class LocalWorkers implements Workers {
    private final SharedJob job;
    private final List<Worker> workers = new ArrayList<>();
    private final List<Round> rounds = new ArrayList<>();

    LocalWorkers(SharedJob job) {
        this.job = copy(job);
        for (int i = 0; i < job.workers(); i++) {
            workers.add(new Worker(this.job, this.job.images()));
        }
    }

    /** Those that were taken. */
    List<Round> rounds() {
        return List.copyOf(rounds);
    }

    @Override
    public List<WorkerResult> take(Round round, float[] values) {
        rounds.add(round);
        List<WorkerResult> results = new ArrayList<>();
        for (int part = 0; part < workers.size(); part++) {
            results.add(copy(workers.get(part).take(copy(round), part, values)));
        }
        return results;
    }

    @Override
    public void close() {
        workers.clear();
    }

    @SuppressWarnings("unchecked") // what was written is read
    private static <T extends Serializable> T copy(T object) {
        try (ByteArrayOutputStream bytes = new ByteArrayOutputStream();
                ObjectOutputStream out = new ObjectOutputStream(bytes)) {
            out.writeObject(object);
            out.flush();
            try (ObjectInputStream in = new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray()))) {
                return (T) in.readObject();
            }
        } catch (IOException | ClassNotFoundException e) {
            throw new IllegalStateException(e);
        }
    }
}
