package io.residual.tuning.trials;

import io.residual.core.ResidualException;
import io.residual.core.ResidualException.Kind;
import io.residual.training.config.TrainingSpec;
import io.residual.tuning.sweep.Sweep;
import io.residual.tuning.trials.SweepHandle.StopReason;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** The workers of a sweep: each takes the next trial, trains it, records the result, until there is no next one. */
record TrialWorkers(Sweep sweep, Path directory, Scheduler scheduler, TrialExecutor executor) {
    private static final int MAX_SAVING_SECONDS = 30;

    /**
     * Works until the sweep is over.
     *
     * @throws ResidualException if it cannot continue; all workers have ended
     */
    StopReason run(int workers) throws InterruptedException {
        scheduler.requeueRunning();
        scheduler.finished().forEach(this::deleteCheckpoints);
        ExecutorService pool = Executors.newFixedThreadPool(workers);
        List<? extends Future<?>> ends =
                Stream.generate(() -> pool.submit(this::work)).limit(workers).toList();
        pool.shutdown();
        boolean finished;
        try {
            Optional<Duration> limit = sweep.budget().time();
            finished = pool.awaitTermination(limit.map(Duration::toNanos).orElse(Long.MAX_VALUE), TimeUnit.NANOSECONDS);
        } finally {
            scheduler.stop();
            // Runs that are interrupted save and release their directories.
            pool.shutdownNow();
            pool.awaitTermination(MAX_SAVING_SECONDS, TimeUnit.SECONDS);
            scheduler.requeueRunning();
        }
        throwFirstFailure(ends);
        return finished ? StopReason.COMPLETE : StopReason.TIME_LIMIT;
    }

    private void work() {
        try {
            for (Optional<Trial> next = scheduler.next(); next.isPresent(); next = scheduler.next()) {
                Trial trial = next.get();
                scheduler.complete(trial.number(), execute(trial));
                if (scheduler.isFinished(trial.number())) {
                    deleteCheckpoints(trial.number());
                }
            }
        } catch (InterruptedException stopped) {
            // The sweep was stopped, and requeues the trial.
        } catch (RuntimeException | Error e) {
            // A file that was being written when the sweep was stopped is no failure.
            if (!(scheduler.isOver() && Thread.currentThread().isInterrupted())) {
                // The other workers end their trials, and get no others.
                scheduler.stop();
                throw e;
            }
        }
    }

    /** A trial needs them while it may be resumed or promoted. */
    private void deleteCheckpoints(long number) {
        TrialDirectory.of(directory, number).deleteCheckpoints(sweep.seeds());
    }

    private TrialResult execute(Trial trial) throws InterruptedException {
        TrainingSpec spec;
        try {
            spec = sweep.spec(trial.assignment());
        } catch (ResidualException e) {
            if (e.kind() != Kind.BAD_SETTING) {
                throw e;
            }
            return new TrialResult.InvalidConfig(String.valueOf(e.getMessage()));
        }
        return train(trial, spec);
    }

    /** Trains the runs of the seeds in turn; one that does not complete ends the trial. */
    private TrialResult train(Trial trial, TrainingSpec spec) throws InterruptedException {
        TrialDirectory files = TrialDirectory.of(directory, trial.number());
        files.create(spec);
        int epochs = spec.optimisation().epochs();
        TrialResult result = new TrialResult.Complete();
        for (int i = 0; i < sweep.seeds() && result instanceof TrialResult.Complete; i++) {
            int seed = i;
            TrialExecutor.Job job = new TrialExecutor.Job(
                    files.specFile(),
                    spec.seed() + seed,
                    files.run(seed),
                    files.log(),
                    epochs,
                    trial.run(seed).size());
            result = executor.train(job, epoch -> scheduler.afterEpoch(trial.number(), seed, epochs, epoch));
        }
        return result;
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
