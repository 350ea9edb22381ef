package io.residual.tuning.trials;

import io.residual.core.ResidualException;
import io.residual.core.ResidualException.Kind;
import io.residual.training.config.TrainingSpec;
import io.residual.tuning.arbiter.SearchRunner;
import io.residual.tuning.search.Assignment;
import io.residual.tuning.search.Outcome;
import io.residual.tuning.sweep.Sweep;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The workers of a sweep. First they go on with earlier trials; then Arbiter's runner asks for new ones, and a worker that
 * has ended its own goes on with those that were promoted meanwhile, before it asks for the next.
 */
final class TrialWorkers {
    private static final int MOST_SAVING_SECONDS = 30;

    private final Sweep sweep;
    private final Path directory;
    private final TrialRegistry table;
    private final Scheduler scheduler;
    private final TrialExecutor trainer;
    private final Set<Thread> training = ConcurrentHashMap.newKeySet();
    private volatile boolean timeIsUp;

    TrialWorkers(Sweep sweep, Path directory, TrialRegistry table, Scheduler scheduler, TrialExecutor trainer) {
        this.sweep = sweep;
        this.directory = directory;
        this.table = table;
        this.scheduler = scheduler;
        this.trainer = trainer;
    }

    /**
     * Works until the sweep is over.
     *
     * @throws ResidualException if it cannot go on; all workers have ended
     */
    StopReason run(int workers) throws InterruptedException {
        ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor();
        try {
            sweep.budget().time().ifPresent(limit -> schedule(clock, limit));
            scheduler.putBackRunning();
            goOnWithEarlier(workers);
            searchOn(workers);
        } finally {
            clock.shutdownNow();
            stop();
            awaitEnds();
            scheduler.putBackRunning();
        }
        return timeIsUp ? StopReason.TIME_UP : StopReason.COMPLETE;
    }

    private void schedule(ScheduledExecutorService clock, Duration limit) {
        var unused = clock.schedule(
                () -> {
                    timeIsUp = true;
                    stop();
                },
                limit.toMillis(),
                TimeUnit.MILLISECONDS);
    }

    private void stop() {
        scheduler.stop();
        training.forEach(Thread::interrupt);
    }

    /** Runs that were told to end have saved, and given up their directories. */
    private void awaitEnds() throws InterruptedException {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(MOST_SAVING_SECONDS);
        while (!training.isEmpty() && System.nanoTime() < end) {
            Thread.sleep(20);
        }
    }

    private void goOnWithEarlier(int workers) throws InterruptedException {
        ExecutorService pool = Executors.newFixedThreadPool(workers);
        try {
            List<Future<Void>> ends = new ArrayList<>();
            Callable<Void> worker = () -> {
                goOn();
                return null;
            };
            for (int i = 0; i < workers; i++) {
                ends.add(pool.submit(worker));
            }
            for (Future<Void> end : ends) {
                end.get();
            }
        } catch (ExecutionException e) {
            throw fault(e.getCause());
        } finally {
            pool.shutdownNow();
            pool.awaitTermination(1, TimeUnit.MINUTES);
        }
    }

    private void searchOn(int workers) throws InterruptedException {
        if (scheduler.isOver()) {
            return;
        }
        SearchRunner runner = new SearchRunner(
                scheduler,
                sweep.objectives().get(0).direction(),
                scheduler.trials().orElseThrow(),
                // The clock here interrupts trials once, and waits until they have saved.
                Optional.empty(),
                workers);
        try {
            runner.run(table.everyTrial(), this::runNew);
        } catch (SweepIsOver expected) {
            // Arbiter's runner knows no other way to be told that the epochs are spent.
        } catch (InterruptedException e) {
            throw e;
        } catch (Exception e) {
            throw fault(e);
        }
    }

    private static RuntimeException fault(@Nullable Throwable cause) {
        return cause instanceof RuntimeException fault
                ? fault
                : new IllegalStateException("a worker's thread ended", cause);
    }

    private Outcome runNew(long number, Assignment assignment) throws InterruptedException, SweepIsOver {
        if (!scheduler.isOver()) {
            train(table.trial(number));
        }
        goOn();
        if (scheduler.isOver()) {
            throw new SweepIsOver();
        }
        return table.outcome(number);
    }

    private void goOn() throws InterruptedException {
        for (Optional<Trial> trial = scheduler.earlier(); trial.isPresent(); trial = scheduler.earlier()) {
            train(trial.get());
        }
    }

    private void train(Trial trial) throws InterruptedException {
        Optional<TrainingSpec> spec = spec(trial);
        if (spec.isEmpty()) {
            return;
        }
        training.add(Thread.currentThread());
        try {
            scheduler.conclude(trial.number(), train(trial, spec.get()));
        } catch (InterruptedException e) {
            // The sweep is being stopped, and puts the trial back.
            if (!scheduler.isOver()) {
                throw e;
            }
        } finally {
            training.remove(Thread.currentThread());
        }
    }

    /** Empty, and the trial has failed, if its values do not go together. */
    private Optional<TrainingSpec> spec(Trial trial) {
        try {
            return Optional.of(sweep.spec(trial.assignment()));
        } catch (ResidualException e) {
            if (e.kind() != Kind.BAD_SETTING) {
                throw e;
            }
            scheduler.conclude(trial.number(), new TrialResult.Refused(String.valueOf(e.getMessage())));
            return Optional.empty();
        }
    }

    /** Trains the runs of the seeds in turn; one that does not complete ends the trial. */
    private TrialResult train(Trial trial, TrainingSpec spec) throws InterruptedException {
        TrialDirectory files = TrialDirectory.of(directory, trial.number());
        files.begin(spec);
        int epochs = spec.optimisation().epochs();
        for (int seed = 0; seed < sweep.seeds(); seed++) {
            int ofSeed = seed;
            TrialJob job = new TrialJob(
                    files.specFile(),
                    spec.seed() + seed,
                    files.run(seed),
                    files.log(),
                    epochs,
                    trial.run(seed).size());
            TrialResult end = trainer.train(job, epoch -> scheduler.afterEpoch(trial.number(), ofSeed, epochs, epoch));
            if (!(end instanceof TrialResult.Complete)) {
                return end;
            }
        }
        return new TrialResult.Complete();
    }

    /** Tells Arbiter's runner to ask for no more trials. */
    private static final class SweepIsOver extends Exception {
        SweepIsOver() {
            super("the sweep's budget is spent");
        }
    }
}
