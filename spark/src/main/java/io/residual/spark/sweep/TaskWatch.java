package io.residual.spark.sweep;

import io.residual.core.ResidualException;
import io.residual.spark.sweep.StoredRun.Permission;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Uploads the progress of a run while a thread waits for its process, and interrupts that thread when the run is to end: the
 * driver has asked for it, another task has the run, or the storage has not answered for too long.
 */
final class TaskWatch implements AutoCloseable {
    private static final long POLL_MILLIS = 1_000;
    /** In a row, each after a poll. */
    private static final int MAX_FAILURES = 60;

    private final StoredRun stored;
    private final String ticket;
    private final RunUpload upload;
    private final Thread trains = Thread.currentThread();
    private final CountDownLatch over = new CountDownLatch(1);
    private final CountDownLatch ended = new CountDownLatch(1);
    private final Thread thread = new Thread(this::watch, "trial-watch");
    private volatile Permission permission = Permission.GRANTED;
    private volatile @Nullable ResidualException failure;

    /** Watches for this thread, until it is closed. */
    TaskWatch(StoredRun stored, String ticket, RunUpload upload) {
        this.stored = stored;
        this.ticket = ticket;
        this.upload = upload;
        thread.setDaemon(true);
        thread.start();
    }

    /** What the driver wanted at the last look. */
    Permission permission() {
        return permission;
    }

    /** Why the storage could not be used, if that ended the run. */
    Optional<ResidualException> failure() {
        return Optional.ofNullable(failure);
    }

    private void watch() {
        int failures = 0;
        try {
            while (!over.await(POLL_MILLIS, TimeUnit.MILLISECONDS)) {
                try {
                    permission = stored.permission(ticket);
                    if (permission != Permission.GRANTED) {
                        trains.interrupt();
                        return;
                    }
                    upload.uploadProgress();
                    failures = 0;
                } catch (ResidualException e) {
                    failures++;
                    if (failures == MAX_FAILURES) {
                        failure = e;
                        trains.interrupt();
                        return;
                    }
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            ended.countDown();
        }
    }

    /** After this, the thread is not interrupted any more, and nothing is uploaded. */
    @Override
    public void close() {
        over.countDown();
        // The upload that is under way ends first.
        boolean waits = true;
        while (waits) {
            try {
                ended.await();
                waits = false;
            } catch (InterruptedException asked) {
                // It is forgotten below.
            }
        }
        // It may have come when the process had ended already.
        Thread.interrupted();
    }
}
