package io.residual.tuning.trials;

import io.residual.core.ResidualException;
import io.residual.core.ResidualException.Kind;
import io.residual.training.loop.EpochMetrics;
import io.residual.tuning.search.Pruner;
import io.residual.tuning.search.Searcher;
import io.residual.tuning.search.TrialState;
import io.residual.tuning.sweep.Budget;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/**
 * Chooses a free worker's next trial, and a trial's state after each epoch and at its end. All decisions are functions of
 * the registry, which is on disk before they have an effect: with one worker, a sweep that was killed and is resumed
 * proposes and stops what it would have proposed and stopped without the interruption.
 */
final class Scheduler {
    /** After so many failed trials in a row, something else than their values is wrong. */
    private static final int MAX_FAILURES = 5;
    /** If the budget names none; a sweep file cannot ask for more. */
    private static final int MAX_TRIALS = 1_000_000;

    private final TrialRegistry registry;
    private final Searcher searcher;
    private final Pruner pruner;
    private final Budget budget;
    private final int retries;
    private final SweepListener listener;

    /** The trials that workers have not completed yet, whatever their state. */
    private final Set<Long> taken = new HashSet<>();

    private int failuresInARow;
    private boolean stopped;

    /** @param listener gets each trial whose state has changed, one at a time */
    Scheduler(
            TrialRegistry registry,
            Searcher searcher,
            Pruner pruner,
            Budget budget,
            int retries,
            SweepListener listener) {
        this.registry = registry;
        this.searcher = searcher;
        this.pruner = pruner;
        this.budget = budget;
        this.retries = retries;
        this.listener = listener;
        registry.letObserve(pruner);
    }

    /** Requeues the trials that no worker trains any more. */
    synchronized void requeueRunning() {
        taken.clear();
        registry.trials().stream()
                .filter(trial -> trial.state() == TrialState.RUNNING)
                .forEach(trial -> registry.update(
                        trial.withState(TrialState.WAITING, "requeued: the sweep ended while it was trained")));
    }

    /**
     * A free worker's next trial, which is running from now on: one that waits, else one that is promoted, else a new one.
     * Waits if there is none, but one that another worker trains may be requeued or promoted.
     *
     * @return empty if the sweep is over
     */
    synchronized Optional<Trial> next() throws InterruptedException {
        while (!isOver()) {
            Optional<Trial> earlier = registry.firstWaiting().or(this::promoted);
            if (earlier.isPresent() || registry.size() < trials()) {
                Trial trial = earlier.orElseGet(this::proposed).withState(TrialState.RUNNING, "");
                if (earlier.isPresent()) {
                    registry.update(trial);
                } else {
                    registry.add(trial);
                }
                taken.add(trial.number());
                listener.trialChanged(trial, registry.progress());
                return Optional.of(trial);
            }
            if (taken.isEmpty()) {
                break;
            }
            wait();
        }
        return Optional.empty();
    }

    /** Not one whose worker is about to hand it back: it is paused, but its files are still in use. */
    private Optional<Trial> promoted() {
        OptionalLong number = pruner.promotable();
        return number.isPresent() && !taken.contains(number.getAsLong())
                ? Optional.of(registry.trial(number.getAsLong()))
                : Optional.empty();
    }

    private Trial proposed() {
        long number = registry.size();
        return Trial.proposed(number, searcher.propose(number, registry.history()));
    }

    private long trials() {
        return Math.min(budget.trials().orElse(MAX_TRIALS), searcher.trials().orElse(MAX_TRIALS));
    }

    /** The numbers of the trials about which nothing changes any more. */
    List<Long> finished() {
        return registry.trials().stream()
                .filter(trial -> trial.state().isFinal())
                .map(Trial::number)
                .toList();
    }

    /** A trial as it is now. */
    Trial trial(long number) {
        return registry.trial(number);
    }

    /** Hands a forecast to the listener, between its other events. */
    synchronized void forecast(SweepForecast forecast) {
        listener.forecast(forecast);
    }

    /** Ends the sweep: no worker gets another trial. */
    synchronized void stop() {
        stopped = true;
        notifyAll();
    }

    /** Whether no worker gets another trial, since the sweep was stopped or its budget of epochs is spent. */
    synchronized boolean isOver() {
        return stopped
                || (budget.epochs().isPresent()
                        && registry.trainedEpochs() >= budget.epochs().getAsLong());
    }

    /**
     * Stores an epoch and decides, if all seeds' runs have had it, whether its trial continues.
     *
     * @param seed whose run it is, counted from 0
     * @param epochs of a complete run
     * @return the trial's state, or WAITING if this run waits for those of the other seeds, so that the pruner sees all
     */
    synchronized TrialState afterEpoch(long number, int seed, int epochs, EpochMetrics epoch) {
        Trial trial = registry.trial(number).withEpoch(seed, epoch);
        boolean common = trial.commonEpochs(registry.seeds()) == epoch.epoch();
        if (common && epoch.epoch() < epochs) {
            trial = switch (pruner.after(registry.observation(trial))) {
                case PRUNED -> trial.withState(TrialState.PRUNED, "not promising after epoch " + epoch.epoch());
                case PAUSED ->
                    trial.withState(
                            TrialState.PAUSED, "waits after epoch " + epoch.epoch() + " whether it is among the best");
                default -> trial;
            };
        }
        registry.addEpoch(trial, seed, epoch);
        boolean waits = !common
                && epoch.epoch() < epochs
                && trial.state() == TrialState.RUNNING
                && pruner.decidesAfter(number, epoch.epoch());
        return waits ? TrialState.WAITING : trial.state();
    }

    /**
     * Stores the result of a trial whose worker is free again.
     *
     * @throws ResidualException if the sweep cannot continue
     */
    synchronized void complete(long number, TrialResult result) {
        taken.remove(number);
        Trial trial = afterResult(registry.trial(number), result);
        registry.update(trial);
        listener.trialChanged(trial, registry.progress());
        notifyAll();
        if (result instanceof TrialResult.EnvironmentFailure failure) {
            throw new ResidualException(failure.kind(), failure.reason());
        }
        failuresInARow = trial.state() == TrialState.FAILED ? failuresInARow + 1 : 0;
        if (failuresInARow == MAX_FAILURES) {
            throw new ResidualException(
                    Kind.BAD_RUN,
                    "the sweep was ended, since " + MAX_FAILURES + " trials failed one after another, the last with: "
                            + trial.reason());
        }
    }

    private Trial afterResult(Trial trial, TrialResult result) {
        if (result instanceof TrialResult.Complete) {
            return trial.withState(TrialState.DONE, "");
        }
        if (result instanceof TrialResult.Diverged diverged) {
            return trial.withState(TrialState.DIVERGED, diverged.reason());
        }
        if (result instanceof TrialResult.InvalidConfig invalid) {
            return trial.withState(TrialState.FAILED, invalid.reason());
        }
        if (result instanceof TrialResult.WorkerLost lost) {
            return trial.attempts() < retries
                    ? trial.withLostWorker(TrialState.WAITING, "requeued: " + lost.reason())
                    : trial.withLostWorker(TrialState.FAILED, lost.reason());
        }
        if (result instanceof TrialResult.EnvironmentFailure failure) {
            return trial.withState(TrialState.WAITING, "requeued: " + failure.reason());
        }
        return trial; // stopped: its state says why
    }
}
