package io.residual.spark.training;

import io.residual.spark.training.WorkerMessage.Done;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Workers that this process plays one after the other; all that executors get becomes bytes on its way. */
final class LocalWorkers implements Workers {
    private final List<Worker> workers = new ArrayList<>();
    private final List<Round> rounds = new ArrayList<>();

    LocalWorkers(SharedJob job) {
        for (int i = 0; i < job.workers(); i++) {
            workers.add(new Worker(copy(job)));
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
            Round.Start start = Round.Start.of(round.toBytes(values));
            WorkerResult result = workers.get(part).take(start.round(), part, start.values());
            Done done = new Done(round.iteration(), part, result);
            results.add(WorkerMessage.of(new WorkerMessage(part, Optional.of(done)).toBytes())
                    .done()
                    .orElseThrow()
                    .result());
        }
        return results;
    }

    @Override
    public void close() {
        workers.clear();
    }

    private static SharedJob copy(SharedJob job) {
        try (ByteArrayOutputStream bytes = new ByteArrayOutputStream();
                ObjectOutputStream out = new ObjectOutputStream(bytes)) {
            out.writeObject(job);
            out.flush();
            try (ObjectInputStream in = new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray()))) {
                return (SharedJob) in.readObject();
            }
        } catch (IOException | ClassNotFoundException e) {
            throw new IllegalStateException(e);
        }
    }
}
