package io.residual.tuning.trials;

import io.residual.core.ResidualException;
import io.residual.core.ResidualException.Kind;
import io.residual.tuning.sweep.Sweep;
import io.residual.tuning.sweep.SweepFile;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;

/** One start of a sweep in its directory, from taking the lock to giving it back. */
public final class SweepHandle implements AutoCloseable {
    private final SweepLock lock;
    private final SweepDatabase store;
    private final Sweep sweep;
    private final TrialRegistry table;

    private SweepHandle(SweepLock lock, SweepDatabase store, Sweep sweep) {
        this.lock = lock;
        this.store = store;
        this.sweep = sweep;
        this.table = new TrialRegistry(store, sweep.objectives());
    }

    /**
     * Begins a sweep in a directory that has none.
     *
     * @param name of the sweep's file, as messages should call it
     * @param budget changes the file's sweep by what the command line asks for
     * @throws ResidualException of kind BAD_SETTING with all faults of the file, of status RUN if the directory cannot be had
     */
    public static SweepHandle begin(Path directory, String name, String text, UnaryOperator<Sweep> budget) {
        Sweep sweep = budget.apply(SweepFile.parse(name, text));
        requireSearch(sweep);
        SweepLock lock = SweepLock.take(directory);
        try {
            return new SweepHandle(lock, SweepDatabase.create(lock, text, sweep.baseYaml()), sweep);
        } catch (ResidualException e) {
            lock.close();
            throw e;
        }
    }

    /**
     * Goes on with the sweep of a directory.
     *
     * @param name of the sweep's file, as messages should call it
     * @param text of the sweep's file, whose budget may differ; empty for that of the last start
     */
    public static SweepHandle resume(Path directory, String name, Optional<String> text, UnaryOperator<Sweep> budget) {
        SweepLock lock = SweepLock.take(directory);
        try {
            SweepDatabase store = SweepDatabase.open(lock);
            Sweep began = SweepFile.parse(directory + " (its sweep file)", store.sweepFile());
            Sweep sweep = budget.apply(text.map(t -> SweepFile.parse(name, t)).orElse(began));
            requireSearch(sweep);
            sweep.requireSameSearch(began, store.base(), directory.toString());
            text.ifPresent(store::replaceSweepFile);
            return new SweepHandle(lock, store, sweep);
        } catch (ResidualException e) {
            lock.close();
            throw e;
        }
    }

    /** Fails before the directory is touched where searcher, pruner and space do not go together. */
    private static void requireSearch(Sweep sweep) {
        Strategies.searcher(sweep);
        Strategies.pruner(sweep);
    }

    public Sweep sweep() {
        return sweep;
    }

    public Path directory() {
        return lock.directory();
    }

    /** All trials so far. Any thread may ask, also while the sweep runs. */
    public List<Trial> trials() {
        return table.trials();
    }

    /**
     * Trains trials until the budget is spent.
     *
     * @param workers trials at a time, at least 1
     * @throws ResidualException if the sweep cannot go on; it can be resumed
     */
    public StopReason run(int workers, TrialExecutor trainer, SweepListener watcher) {
        Scheduler scheduler = new Scheduler(
                table, Strategies.searcher(sweep), Strategies.pruner(sweep), sweep.budget(), sweep.retries(), watcher);
        try {
            return new TrialWorkers(sweep, directory(), table, scheduler, trainer).run(workers);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ResidualException(
                    Kind.INTERRUPTED, directory() + ": the sweep was interrupted: go on with --resume", e);
        }
    }

    @Override
    public void close() {
        store.close();
        lock.close();
    }
}
