package io.residual.spark.sweep;

import io.residual.core.ResidualException;
import io.residual.spark.cluster.SharedStorage;
import io.residual.training.run.RunDirectory;
import java.io.Serializable;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * A run of a trial in shared storage: the files of its directory, and a ticket. Whoever's ticket it is may train the run; the
 * driver writes a new one for each task, so that a task that was given up, but still runs somewhere, ends.
 */
record StoredRun(SharedStorage storage) implements Serializable {
    static final String METRICS = "metrics.jsonl";
    static final String CHECKPOINTS = "checkpoints";
    private static final String TICKET = "ticket";
    private static final String REVOKED = "revoked";
    private static final int READS = 3;
    private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(200);

    /** Whether a task may train a run. */
    enum Permission {
        GRANTED,
        /** The driver waits for the task to save and end. */
        REVOKED,
        /** Another task has it, or this machine does not see the storage. */
        LOST
    }

    void grant(String ticket) {
        write(TICKET, ticket);
    }

    /** Asks the task that trains the run to save and end. */
    void revoke() {
        write(TICKET, REVOKED);
    }

    /**
     * What the holder of a ticket may do.
     *
     * @throws ResidualException if the storage cannot be read now
     */
    Permission permission(String ticket) {
        String found = read(TICKET);
        if (found.equals(ticket)) {
            return Permission.GRANTED;
        }
        return found.equals(REVOKED) ? Permission.REVOKED : Permission.LOST;
    }

    /** Text of the metrics so far; empty before the first epoch. */
    String metrics() {
        return storage.exists(METRICS) ? read(METRICS) : "";
    }

    /** Whether the last task of the run came to its end. */
    boolean hasModels() {
        return storage.list("").stream().anyMatch(entry -> isModel(entry.name()));
    }

    /** Whether anything of the run is here. */
    boolean exists() {
        return !storage.list("").isEmpty();
    }

    /** Text of a file, nothing if there is none; one that is being replaced is, for a moment, not there. */
    private String read(String name) {
        for (int i = 0; i < READS; i++) {
            if (storage.exists(name)) {
                return new String(storage.read(name), StandardCharsets.UTF_8);
            }
            LockSupport.parkNanos(PAUSE_NANOS);
        }
        return "";
    }

    private void write(String name, String text) {
        storage.put(text.getBytes(StandardCharsets.UTF_8), name);
    }

    /** Copies to a directory what resuming needs: training makes the models from the checkpoints. */
    void getToResume(Path directory) {
        for (String name : files()) {
            if (isModel(name)) {
                storage.delete(name);
            } else {
                storage.get(name, directory.resolve(name));
            }
        }
        storage.list(CHECKPOINTS).stream()
                .map(file -> CHECKPOINTS + "/" + file.name())
                .forEach(name -> storage.get(name, directory.resolve(name)));
    }

    /** Moves the results to a directory; the checkpoints are deleted. Repeating it is harmless. */
    void moveResults(Path directory) {
        files().forEach(name -> storage.get(name, directory.resolve(name)));
        RunDirectory.deleteCheckpoints(directory);
        storage.delete("");
    }

    private List<String> files() {
        return storage.list("").stream()
                .filter(entry -> !entry.folder())
                .map(SharedStorage.Entry::name)
                .filter(name -> !name.equals(TICKET))
                .toList();
    }

    /** Stored at the end of a task alone, so that while one trains they are those of an earlier epoch. */
    private static boolean isModel(String name) {
        return name.matches("(last|best|models)\\..*");
    }
}
