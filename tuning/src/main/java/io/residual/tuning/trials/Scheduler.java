package io.residual.tuning.trials;

import io.residual.core.ResidualException;
import io.residual.core.ResidualException.Kind;
import io.residual.training.loop.EpochMetrics;
import io.residual.tuning.search.Assignment;
import io.residual.tuning.search.LearningCurves;
import io.residual.tuning.search.Observation;
import io.residual.tuning.search.Pruner;
import io.residual.tuning.search.PruningDecision;
import io.residual.tuning.search.Searcher;
import io.residual.tuning.search.TrialState;
import io.residual.tuning.sweep.Budget;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Decides what a free worker does next, and what becomes of a trial after each epoch and at its end. All decisions are
 * functions of the table, which is on disk before they have an effect: with one worker, a sweep that was killed and goes on
 * proposes and stops what it would have proposed and stopped without the break.
 */
final class Scheduler implements Searcher {
    /** So many trials that fail one after another say that something else than their values is wrong. */
    private static final int MOST_FAILURES = 5;
    /** Where the budget names none; a sweep file cannot ask for more. */
    private static final int MOST_TRIALS = 1_000_000;

    private final TrialRegistry table;
    private final Searcher searcher;
    private final Pruner pruner;
    private final Budget budget;
    private final int retries;
    private final SweepListener watcher;

    private int working;
    private int failuresInARow;
    private boolean stopped;

    Scheduler(
            TrialRegistry table, Searcher searcher, Pruner pruner, Budget budget, int retries, SweepListener watcher) {
        this.table = table;
        this.searcher = searcher;
        this.pruner = pruner;
        this.budget = budget;
        this.retries = retries;
        this.watcher = watcher;
    }

    /** Puts back the trials that no worker trains any more. */
    synchronized void putBackRunning() {
        working = 0;
        for (Trial trial : table.trials()) {
            if (trial.state() == TrialState.RUNNING) {
                table.keep(trial.withState(TrialState.WAITING, "put back: the sweep ended while it was trained"));
            }
        }
    }

    /**
     * A new trial's values, chosen by all that the table knows. The trial is in the table, and running, from then on.
     *
     * @param history what the caller knows of other trials; the table knows more, such as of those that were promoted
     */
    @Override
    public synchronized Assignment propose(long number, List<Observation> history) {
        Trial trial = Trial.proposed(number, searcher.propose(number, table.history()))
                .withState(TrialState.RUNNING, "");
        table.add(trial);
        working++;
        watcher.changed(trial);
        return trial.assignment();
    }

    @Override
    public OptionalLong trials() {
        return OptionalLong.of(
                Math.min(budget.trials().orElse(MOST_TRIALS), searcher.trials().orElse(MOST_TRIALS)));
    }

    /**
     * An earlier trial for a free worker, which is running from now on: one that was put back, or one that is promoted.
     * Waits where no new trial is left, and one that another worker trains may be promoted.
     *
     * @return empty if there is none
     */
    synchronized Optional<Trial> earlier() throws InterruptedException {
        while (!isOver()) {
            Optional<Trial> trial =
                    table.first(t -> t.state() == TrialState.WAITING).or(this::promoted);
            if (trial.isPresent()) {
                working++;
                Trial running = table.keep(trial.get().withState(TrialState.RUNNING, ""));
                watcher.changed(running);
                return Optional.of(running);
            }
            if (working == 0 || table.trials().size() < trials().getAsLong()) {
                break;
            }
            wait();
        }
        return Optional.empty();
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
                        && table.trainedEpochs() >= budget.epochs().getAsLong());
    }

    private Optional<Trial> promoted() {
        OptionalLong number = pruner.promotable(table.values());
        return number.isPresent() ? Optional.of(table.trial(number.getAsLong())) : Optional.empty();
    }

    /**
     * Keeps an epoch and decides whether its trial goes on.
     *
     * @param seed whose run it is, counted from 0
     * @param epochs of a whole run
     */
    synchronized EpochDecision afterEpoch(long number, int seed, int epochs, EpochMetrics epoch) {
        Trial trial = table.trial(number).withEpoch(seed, epoch);
        Trial after = seed == 0 && epoch.epoch() < epochs ? decided(trial, epoch.epoch()) : trial;
        table.addEpoch(after, seed, epoch);
        return after.state() == TrialState.RUNNING ? EpochDecision.GO_ON : EpochDecision.STOP;
    }

    private Trial decided(Trial trial, int epoch) {
        LearningCurves values =
                table.values().with(trial.number(), table.row(trial).orElseThrow());
        PruningDecision decision = pruner.after(trial.number(), epoch, values);
        if (decision instanceof PruningDecision.Prune) {
            return trial.withState(TrialState.PRUNED, "not promising after epoch " + epoch);
        }
        if (decision instanceof PruningDecision.Pause || decision instanceof PruningDecision.Promote) {
            return trial.withState(TrialState.PAUSED, "waits after epoch " + epoch + " whether it is among the best");
        }
        return trial;
    }

    /**
     * Keeps what became of a trial whose worker is free again.
     *
     * @throws ResidualException if the sweep cannot go on
     */
    synchronized void conclude(long number, TrialResult end) {
        working--;
        Trial trial = concluded(table.trial(number), end);
        table.keep(trial);
        watcher.changed(trial);
        notifyAll();
        if (end instanceof TrialResult.Impossible impossible) {
            throw new ResidualException(impossible.status(), impossible.reason());
        }
        failuresInARow = trial.state() == TrialState.FAILED ? failuresInARow + 1 : 0;
        if (failuresInARow == MOST_FAILURES) {
            throw new ResidualException(
                    Kind.BAD_RUN,
                    "the sweep was ended, since " + MOST_FAILURES + " trials failed one after another, the last with: "
                            + trial.reason());
        }
    }

    private Trial concluded(Trial trial, TrialResult end) {
        if (end instanceof TrialResult.Complete) {
            return trial.withState(TrialState.DONE, "");
        }
        if (end instanceof TrialResult.Diverged diverged) {
            return trial.withState(TrialState.DIVERGED, diverged.reason());
        }
        if (end instanceof TrialResult.Refused refused) {
            return trial.withState(TrialState.FAILED, refused.reason());
        }
        if (end instanceof TrialResult.Lost lost) {
            return trial.attempts() < retries
                    ? trial.lost(TrialState.WAITING, "put back: " + lost.reason())
                    : trial.lost(TrialState.FAILED, lost.reason());
        }
        if (end instanceof TrialResult.Impossible impossible) {
            return trial.withState(TrialState.WAITING, "put back: " + impossible.reason());
        }
        return trial; // stopped: its state says why
    }
}
