package io.residual.tuning.run;

import io.residual.training.CommandException;
import io.residual.training.ExitStatus;
import io.residual.training.spec.TrainingSpec;
import io.residual.tuning.store.Trial;
import io.residual.tuning.sweep.Sweep;
import io.residual.tuning.worker.End;
import io.residual.tuning.worker.Job;
import io.residual.tuning.worker.RunTrainer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorCompletionService;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/** The workers of a sweep: each trains one trial after another until the scheduler has no more, or the time is up. */
final class SweepRun {
    /** What ended a sweep. */
    enum Reason {
        /** The budget of trials or epochs is spent, or the space has been searched. */
        COMPLETE,
        TIME_UP
    }

    private final Sweep sweep;
    private final Path directory;
    private final Scheduler scheduler;
    private final RunTrainer trainer;

    SweepRun(Sweep sweep, Path directory, Scheduler scheduler, RunTrainer trainer) {
        this.sweep = sweep;
        this.directory = directory;
        this.scheduler = scheduler;
        this.trainer = trainer;
    }

    /**
     * Works until the sweep is over.
     *
     * @throws CommandException if it cannot go on; all workers have ended
     */
    Reason run(int workers) throws InterruptedException {
        ExecutorService pool = Executors.newFixedThreadPool(workers);
        try {
            ExecutorCompletionService<Boolean> ends = new ExecutorCompletionService<>(pool);
            Callable<Boolean> worker = () -> {
                work();
                return true;
            };
            for (int i = 0; i < workers; i++) {
                ends.submit(worker);
            }
            return await(ends, workers);
        } finally {
            scheduler.stop();
            pool.shutdownNow();
            pool.awaitTermination(1, TimeUnit.MINUTES);
        }
    }

    private Reason await(ExecutorCompletionService<Boolean> ends, int workers) throws InterruptedException {
        long start = System.nanoTime();
        Optional<Duration> limit = sweep.budget().time();
        for (int ended = 0; ended < workers; ended++) {
            Future<Boolean> end = limit.isEmpty()
                    ? ends.take()
                    : ends.poll(limit.get().toNanos() - (System.nanoTime() - start), TimeUnit.NANOSECONDS);
            if (end == null) {
                return Reason.TIME_UP;
            }
            try {
                end.get();
            } catch (ExecutionException e) {
                throw fault(e.getCause());
            }
        }
        return Reason.COMPLETE;
    }

    private static RuntimeException fault(Throwable cause) {
        if (cause instanceof RuntimeException fault) {
            return fault;
        }
        return new IllegalStateException("a worker's thread ended", cause);
    }

    private void work() throws InterruptedException {
        for (Optional<Trial> trial = scheduler.next(); trial.isPresent(); trial = scheduler.next()) {
            long number = trial.get().number();
            Optional<TrainingSpec> spec = spec(trial.get());
            if (spec.isPresent()) {
                try {
                    scheduler.conclude(number, train(trial.get(), spec.get()));
                } catch (InterruptedException e) {
                    scheduler.putBack(number);
                    throw e;
                }
            }
        }
    }

    /** Empty, and the trial has failed, if its values do not go together. */
    private Optional<TrainingSpec> spec(Trial trial) {
        try {
            return Optional.of(sweep.spec(trial.assignment()));
        } catch (CommandException e) {
            if (e.status() != ExitStatus.USAGE) {
                throw e;
            }
            scheduler.conclude(trial.number(), new End.Refused(String.valueOf(e.getMessage())));
            return Optional.empty();
        }
    }

    /** Trains the runs of the seeds in turn; one that does not complete ends the trial. */
    private End train(Trial trial, TrainingSpec spec) throws InterruptedException {
        TrialDirectory files = TrialDirectory.of(directory, trial.number());
        files.begin(spec);
        int epochs = spec.optimisation().epochs();
        for (int seed = 0; seed < sweep.seeds(); seed++) {
            int ofSeed = seed;
            Job job = new Job(
                    files.specFile(),
                    spec.seed() + seed,
                    files.run(seed),
                    files.log(),
                    epochs,
                    trial.run(seed).size());
            End end = trainer.train(job, epoch -> scheduler.afterEpoch(trial.number(), ofSeed, epochs, epoch));
            if (!(end instanceof End.Complete)) {
                return end;
            }
        }
        return new End.Complete();
    }
}
