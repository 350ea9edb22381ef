package io.residual.tuning.trials;

import io.residual.core.ResidualException;
import io.residual.training.config.TrainingSpec;
import io.residual.training.loop.EpochMetrics;
import io.residual.tuning.confirm.Confirmation;
import io.residual.tuning.confirm.Confirmation.Run;
import io.residual.tuning.search.TrialState;
import io.residual.tuning.sweep.Sweep;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Trains the fresh runs of a sweep's best trials. Which run is next follows from the results in the database, so that a
 * confirmation that was killed is resumed with its next run, and that run from its checkpoint.
 */
final class ConfirmWorkers implements WorkerPool.Queue {
    private final Sweep sweep;
    private final Path directory;
    private final TrialRegistry registry;
    private final TrialExecutor executor;
    private final SweepListener listener;
    private final Set<Run> running = new HashSet<>();
    private boolean stopped;

    ConfirmWorkers(
            Sweep sweep, Path directory, TrialRegistry registry, TrialExecutor executor, SweepListener listener) {
        this.sweep = sweep;
        this.directory = directory;
        this.registry = registry;
        this.executor = executor;
        this.listener = listener;
    }

    /**
     * Works until the winner is known.
     *
     * @throws ResidualException if it cannot continue, or there are fewer trials than the plan asks for
     */
    void run(int workers) throws InterruptedException {
        sweep.requireConfirmable(
                Finalists.ranked(sweep, registry.trials()).size(),
                "with settings of their own that had all their epochs");
        registry.trials()
                .forEach(trial -> trial.fresh().forEach((seed, run) -> {
                    if (run.state().isFinal()) {
                        release(new Run(trial.number(), seed));
                    }
                }));
        new WorkerPool(workers).run(this, Optional.empty());
    }

    @Override
    public boolean trainNext() throws InterruptedException {
        Optional<Run> next = next();
        if (next.isPresent()) {
            Run run = next.get();
            if (complete(run, train(run)).state().isFinal()) {
                release(run);
            }
        }
        return next.isPresent();
    }

    /** Waits if nothing can be trained now, but another worker's run may decide what is next. */
    private synchronized Optional<Run> next() throws InterruptedException {
        while (!stopped) {
            Optional<Run> run = Finalists.confirmation(sweep, registry.trials()).map(Confirmation::progress).stream()
                    .flatMap(progress -> progress.missing().stream())
                    .filter(missing -> !running.contains(missing))
                    .findFirst();
            if (run.isPresent()) {
                running.add(run.get());
                return run;
            }
            if (running.isEmpty()) {
                break;
            }
            wait();
        }
        return Optional.empty();
    }

    private record Trained(TrialResult result, @Nullable EpochMetrics last) {}

    private Trained train(Run run) throws InterruptedException {
        TrainingSpec spec = sweep.spec(registry.trial(run.trial()).assignment());
        TrialDirectory files = TrialDirectory.of(directory, run.trial());
        files.create(spec);
        int index = index(run);
        TrialExecutor.Job job = new TrialExecutor.Job(
                files.specFile(),
                spec.seed() + index,
                files.run(index),
                files.log(),
                spec.optimisation().epochs(),
                0);
        EpochMetrics[] last = new EpochMetrics[1];
        TrialResult result = executor.train(job, epoch -> {
            last[0] = epoch;
            return TrialState.RUNNING;
        });
        return new Trained(result, last[0]);
    }

    /** The place of a fresh seed after those of the search. */
    private int index(Run run) {
        return sweep.seeds() + run.seed();
    }

    private void release(Run run) {
        executor.release(TrialDirectory.of(directory, run.trial()).run(index(run)));
    }

    /**
     * Stores the result of a run whose worker is free again.
     *
     * @throws ResidualException if the confirmation cannot continue
     */
    private synchronized FreshRun complete(Run run, Trained trained) {
        running.remove(run);
        int attempts = Optional.ofNullable(registry.trial(run.trial()).fresh().get(run.seed()))
                .map(FreshRun::attempts)
                .orElse(0);
        FreshRun result = afterResult(trained, attempts);
        listener.freshRun(registry.putFresh(run.trial(), run.seed(), result), run.seed());
        notifyAll();
        if (trained.result() instanceof TrialResult.EnvironmentFailure failure) {
            throw new ResidualException(failure.kind(), failure.reason());
        }
        return result;
    }

    private FreshRun afterResult(Trained trained, int attempts) {
        TrialResult result = trained.result();
        if (result instanceof TrialResult.Complete && trained.last() != null) {
            return FreshRun.done(sweep.objectives().get(0).of(trained.last()), attempts);
        }
        if (result instanceof TrialResult.Diverged diverged) {
            return FreshRun.without(TrialState.DIVERGED, diverged.reason(), attempts);
        }
        if (result instanceof TrialResult.InvalidConfig invalid) {
            return FreshRun.without(TrialState.FAILED, invalid.reason(), attempts);
        }
        if (result instanceof TrialResult.EnvironmentFailure failure) {
            return FreshRun.waiting(failure.reason(), attempts);
        }
        String reason =
                result instanceof TrialResult.WorkerLost lost ? lost.reason() : "the run ended without an epoch";
        return attempts < sweep.retries()
                ? FreshRun.waiting(reason, attempts + 1)
                : FreshRun.without(TrialState.FAILED, reason, attempts + 1);
    }

    @Override
    public synchronized void stop() {
        stopped = true;
        notifyAll();
    }

    @Override
    public synchronized boolean isOver() {
        return stopped;
    }
}
