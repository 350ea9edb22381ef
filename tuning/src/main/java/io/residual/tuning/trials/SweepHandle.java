package io.residual.tuning.trials;

import io.residual.core.ResidualException;
import io.residual.core.ResidualException.Kind;
import io.residual.core.files.FileLock;
import io.residual.training.config.yaml.FileErrors;
import io.residual.training.config.yaml.YamlDocument;
import io.residual.training.config.yaml.YamlFields;
import io.residual.tuning.sweep.Sweep;
import io.residual.tuning.sweep.SweepFile;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;

/** One start of a sweep in its directory, from taking the lock to releasing it. */
public final class SweepHandle implements AutoCloseable {
    private final FileLock lock;
    private final SweepDatabase database;
    private final Sweep sweep;
    private final TrialRegistry registry;

    /** What ended a start of a sweep. */
    public enum StopReason {
        /** The budget of trials or epochs is spent, or the space has been searched. */
        COMPLETE,
        /** The budget of time is spent. */
        TIME_LIMIT
    }

    private SweepHandle(FileLock lock, SweepDatabase database, Sweep sweep) {
        this.lock = lock;
        this.database = database;
        this.sweep = sweep;
        this.registry = new TrialRegistry(database, sweep);
    }

    /**
     * Starts a sweep in a directory that has none.
     *
     * @param name of the sweep's file, as messages should call it
     * @param options change the file's sweep, such as its budget
     * @throws ResidualException of kind BAD_SETTING with all errors of the file, of kind BAD_RUN if the directory cannot be
     *     used
     */
    public static SweepHandle create(Path directory, String name, String text, UnaryOperator<Sweep> options) {
        Sweep sweep = options.apply(SweepFile.parse(name, text));
        checkStrategies(sweep);
        FileLock lock = SweepDatabase.lock(directory);
        try {
            SweepDatabase database = SweepDatabase.create(lock, text, sweep.baseYaml(), sweep.confirm());
            return new SweepHandle(lock, database, sweep);
        } catch (ResidualException e) {
            lock.close();
            throw e;
        }
    }

    /**
     * Resumes the sweep of a directory.
     *
     * @param name of the sweep's file, as messages should call it
     * @param text of the sweep's file, whose budget and confirmation may differ; empty for that of the last start. A file
     *     that does not mention the confirmation keeps the plan of the last start
     */
    public static SweepHandle resume(Path directory, String name, Optional<String> text, UnaryOperator<Sweep> options) {
        FileLock lock = SweepDatabase.lock(directory);
        try {
            SweepDatabase database = SweepDatabase.open(lock);
            Sweep stored = stored(directory, database);
            Sweep sweep = options.apply(
                    text.map(t -> SweepFile.parse(name, t, stored.confirm())).orElse(stored));
            checkStrategies(sweep);
            sweep.checkSameSearch(stored, database.base(), directory.toString());
            text.ifPresent(database::replaceSweepFile);
            database.replaceConfirm(sweep.confirm());
            return new SweepHandle(lock, database, sweep);
        } catch (ResidualException e) {
            lock.close();
            throw e;
        }
    }

    /** The sweep of a directory as it was started: its file, on the data that its trials are trained on. */
    public static Sweep stored(Path directory, SweepDatabase database) {
        Sweep sweep = SweepFile.parse(directory + " (its sweep file)", database.sweepFile());
        FileErrors errors = new FileErrors(directory + " (its base)");
        YamlDocument base = YamlDocument.read(database.base(), "spec", errors);
        return database.withConfirm(new YamlFields("", base.root(), errors)
                .text("data")
                .map(sweep::withData)
                .orElse(sweep));
    }

    /** Fails before the directory is touched if searcher, pruner, space, budget and confirmation do not go together. */
    private static void checkStrategies(Sweep sweep) {
        sweep.requireConfirmable(sweep.budget().trials().orElse(Integer.MAX_VALUE), "in the budget");
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
        return registry.trials();
    }

    /**
     * Trains trials until the budget is spent, then those of the confirmation, for which the budget does not count.
     *
     * @param workers trials at a time, at least 1
     * @param listener gets each trial whose state has changed, one at a time
     * @throws ResidualException if the sweep cannot continue; it can be resumed
     */
    public StopReason run(int workers, TrialExecutor executor, SweepListener listener) {
        Scheduler scheduler = new Scheduler(
                registry,
                Strategies.searcher(sweep),
                Strategies.pruner(sweep),
                sweep.budget(),
                sweep.retries(),
                listener);
        try {
            TrialExecutor measured = new FirstEpoch(
                    executor,
                    (first, epochs) -> scheduler.forecast(
                            new SweepForecast(SweepForecast.Extent.of(sweep, epochs), first, workers)));
            StopReason reason = new TrialWorkers(sweep, directory(), scheduler, measured).run(workers);
            if (sweep.confirm().isPresent()) {
                new ConfirmWorkers(sweep, directory(), registry, executor, listener).run(workers);
            }
            return reason;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ResidualException(
                    Kind.INTERRUPTED, directory() + ": the sweep was interrupted: it can be resumed", e);
        }
    }

    @Override
    public void close() {
        database.close();
        lock.close();
    }
}
