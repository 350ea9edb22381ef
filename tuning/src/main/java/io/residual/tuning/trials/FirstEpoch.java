package io.residual.tuning.trials;

import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.ObjIntConsumer;

/** Trains as another executor does, and measures the first epoch that a run of it has. */
final class FirstEpoch implements TrialExecutor {
    private final TrialExecutor executor;
    private final ObjIntConsumer<SweepForecast.Measured> measured;
    private final AtomicBoolean expected = new AtomicBoolean(true);

    /** @param measured gets what the first epoch took, and the epochs of a complete run */
    FirstEpoch(TrialExecutor executor, ObjIntConsumer<SweepForecast.Measured> measured) {
        this.executor = executor;
        this.measured = measured;
    }

    @Override
    public TrialResult train(Job job, EpochListener listener) throws InterruptedException {
        long start = System.nanoTime();
        return executor.train(job, epoch -> {
            if (expected.getAndSet(false)) {
                double seconds = (double) (System.nanoTime() - start) / TimeUnit.SECONDS.toNanos(1);
                measured.accept(
                        new SweepForecast.Measured(
                                Math.max(0, seconds - epoch.epochSeconds()),
                                epoch.epochSeconds(),
                                executor.peakBytes()),
                        job.epochs());
            }
            return listener.after(epoch);
        });
    }

    @Override
    public void release(Path run) {
        executor.release(run);
    }
}
