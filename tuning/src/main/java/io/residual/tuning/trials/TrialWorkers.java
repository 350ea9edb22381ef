package io.residual.tuning.trials;

import io.residual.core.ResidualException;
import io.residual.core.ResidualException.Kind;
import io.residual.training.config.TrainingSpec;
import io.residual.tuning.search.TrialState;
import io.residual.tuning.sweep.Sweep;
import io.residual.tuning.trials.SweepHandle.StopReason;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
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
                if (scheduler.trial(trial.number()).state().isFinal()) {
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

    /**
     * Trains the runs of the seeds in turn, that with the fewest epochs first: each to its end, or to where it waits for the
     * others. One that is lost or diverges ends the trial.
     */
    private TrialResult train(Trial trial, TrainingSpec spec) throws InterruptedException {
        TrialDirectory files = TrialDirectory.of(directory, trial.number());
        files.create(spec);
        int epochs = spec.optimisation().epochs();
        Set<Integer> left = IntStream.range(0, sweep.seeds()).boxed().collect(Collectors.toCollection(TreeSet::new));
        while (!left.isEmpty()) {
            Trial now = scheduler.trial(trial.number());
            int seed = Collections.min(
                    left, Comparator.comparingInt(each -> now.run(each).size()));
            TrialExecutor.Job job = new TrialExecutor.Job(
                    files.specFile(),
                    spec.seed() + seed,
                    files.run(seed),
                    files.log(),
                    epochs,
                    now.run(seed).size());
            TrialResult result =
                    executor.train(job, epoch -> scheduler.afterEpoch(trial.number(), seed, epochs, epoch));
            if (result instanceof TrialResult.Complete) {
                left.remove(seed);
            } else if (!(result instanceof TrialResult.Stopped
                    && scheduler.trial(trial.number()).state() == TrialState.RUNNING)) {
                return result;
            }
        }
        return new TrialResult.Complete();
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
