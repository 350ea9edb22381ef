package io.residual.tuning.trials;

import io.residual.core.ResidualException;
import io.residual.core.ResidualException.Kind;
import io.residual.training.config.TrainingSpec;
import io.residual.tuning.search.TrialState;
import io.residual.tuning.sweep.Sweep;
import io.residual.tuning.trials.SweepHandle.StopReason;
import java.nio.file.Path;
import java.util.Collections;
import java.util.Comparator;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** The workers of a sweep: each takes the next trial, trains it, records the result, until there is no next one. */
record TrialWorkers(Sweep sweep, Path directory, Scheduler scheduler, TrialExecutor executor)
        implements WorkerPool.Queue {
    /**
     * Works until the sweep is over.
     *
     * @throws ResidualException if it cannot continue; all workers have ended
     */
    StopReason run(int workers) throws InterruptedException {
        scheduler.requeueRunning();
        scheduler.finished().forEach(this::release);
        try {
            return new WorkerPool(workers).run(this, sweep.budget().time())
                    ? StopReason.COMPLETE
                    : StopReason.TIME_LIMIT;
        } finally {
            scheduler.requeueRunning();
        }
    }

    @Override
    public boolean trainNext() throws InterruptedException {
        Optional<Trial> next = scheduler.next();
        if (next.isPresent()) {
            long trial = next.get().number();
            scheduler.complete(trial, execute(next.get()));
            if (scheduler.trial(trial).state().isFinal()) {
                release(trial);
            }
        }
        return next.isPresent();
    }

    @Override
    public void stop() {
        scheduler.stop();
    }

    @Override
    public boolean isOver() {
        return scheduler.isOver();
    }

    /** Its checkpoints are needed while it may be resumed or promoted. */
    private void release(long number) {
        TrialDirectory files = TrialDirectory.of(directory, number);
        IntStream.range(0, sweep.seeds()).mapToObj(files::run).forEach(executor::release);
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
}
