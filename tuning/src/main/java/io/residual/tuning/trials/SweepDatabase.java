package io.residual.tuning.trials;

import io.residual.core.ResidualException;
import io.residual.core.ResidualException.Kind;
import io.residual.core.files.FileLock;
import io.residual.core.files.IoErrors;
import io.residual.core.files.RegularFile;
import io.residual.training.loop.EpochMetrics;
import io.residual.training.run.StrictJson;
import io.residual.tuning.sweep.ConfirmPlan;
import io.residual.tuning.sweep.Sweep;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.sqlite.SQLiteConfig;

/**
 * The trials of a sweep in its directory: SQLite with a write-ahead log, forced to disk at each change, and one writer. What
 * a method has written survives the death of the process and of the machine. All errors are {@link ResidualException}s of
 * kind BAD_RUN. Threads may share it.
 */
public final class SweepDatabase implements AutoCloseable {
    private static final String STATE = "UPDATE trial SET state = ?, reason = ?, attempts = ? WHERE number = ?";

    private final Path file;
    private final Connection connection;

    /** Of the process that writes; one that reads has none. */
    private final Optional<FileLock> lock;

    private SweepDatabase(Path file, Connection connection, Optional<FileLock> lock) {
        this.file = file;
        this.connection = connection;
        this.lock = lock;
    }

    /** Whether a sweep was started in the directory. */
    public static boolean exists(Path directory) {
        return Files.exists(directory.resolve(DatabaseFile.NAME));
    }

    /**
     * Takes the right to run a sweep in a directory, which is created if it does not exist.
     *
     * @throws ResidualException of kind BAD_RUN at once if another process has it, or the directory cannot be written
     */
    public static FileLock lock(Path directory) {
        Optional<FileLock> lock;
        try {
            Files.createDirectories(directory);
            lock = FileLock.tryAcquire(directory);
        } catch (IOException e) {
            throw new ResidualException(
                    Kind.BAD_RUN,
                    directory + ": a sweep cannot write here (" + IoErrors.reason(e) + "): give another directory",
                    e);
        }
        return lock.orElseThrow(() -> new ResidualException(
                Kind.BAD_RUN,
                directory + ": another sweep runs in this directory: wait for it, stop it, or give another directory"));
    }

    /**
     * Starts a sweep.
     *
     * @param lock of the directory
     * @param sweepFile text of the sweep's file
     * @param base the spec that its trials start from, as YAML
     * @param plan how the winner is confirmed, in place of what the sweep's file says
     */
    public static SweepDatabase create(FileLock lock, String sweepFile, String base, Optional<ConfirmPlan> plan) {
        return create(lock, sweepFile, base, plan, DatabaseFile.durable());
    }

    /** @param config in which a test makes the disk small */
    static SweepDatabase create(
            FileLock lock, String sweepFile, String base, Optional<ConfirmPlan> plan, SQLiteConfig config) {
        Path file = lock.directory().resolve(DatabaseFile.NAME);
        if (Files.exists(file)) {
            throw new ResidualException(
                    Kind.BAD_RUN,
                    lock.directory() + ": a sweep was started here: resume it, or give another directory");
        }
        try {
            DatabaseFile.create(file, sweepFile, base, ConfirmPlan.text(plan));
            return new SweepDatabase(file, DatabaseFile.connect(file, config), Optional.of(lock));
        } catch (SQLException e) {
            throw DatabaseFile.toException(file, e);
        } catch (IOException e) {
            throw new ResidualException(Kind.BAD_RUN, file + ": cannot be created: " + IoErrors.reason(e), e);
        }
    }

    /** Opens the sweep of a directory to resume it. */
    public static SweepDatabase open(FileLock lock) {
        return open(lock.directory(), DatabaseFile.durable(), Optional.of(lock));
    }

    /** Opens the sweep of a directory to read it, also while another process runs it. */
    public static SweepDatabase openReadOnly(Path directory) {
        return open(directory, DatabaseFile.readOnly(), Optional.empty());
    }

    private static SweepDatabase open(Path directory, SQLiteConfig config, Optional<FileLock> lock) {
        Path file = directory.resolve(DatabaseFile.NAME);
        if (!Files.exists(file)) {
            throw new ResidualException(Kind.BAD_RUN, directory + ": no sweep was started here");
        }
        try {
            RegularFile.require(file);
            // Opened read-only first: opening a damaged file to write may change it.
            try (Connection reader = DatabaseFile.connect(file, DatabaseFile.readOnly())) {
                DatabaseFile.check(file, reader);
            }
            return new SweepDatabase(
                    file, lock.isPresent() ? upgraded(file, config) : DatabaseFile.connect(file, config), lock);
        } catch (SQLException e) {
            throw DatabaseFile.toException(file, e);
        } catch (IOException e) {
            throw new ResidualException(Kind.BAD_RUN, file + ": cannot be read: " + IoErrors.reason(e), e);
        }
    }

    private static Connection upgraded(Path file, SQLiteConfig config) throws SQLException {
        Connection connection = DatabaseFile.connect(file, config);
        try {
            DatabaseFile.upgrade(connection);
            return connection;
        } catch (SQLException | RuntimeException e) {
            connection.close();
            throw e;
        }
    }

    /** Text of the sweep's file. */
    public String sweepFile() {
        return text("file");
    }

    /** The spec that the trials start from, as YAML. */
    public String base() {
        return text("base");
    }

    /** A sweep with the stored plan; with its own if an earlier version started it. */
    public synchronized Sweep withConfirm(Sweep sweep) {
        try {
            String plan = DatabaseFile.hasConfirmation(connection) ? text("confirm") : "";
            return plan.isEmpty() ? sweep : sweep.withConfirm(ConfirmPlan.parse(plan));
        } catch (SQLException e) {
            throw DatabaseFile.toException(file, e);
        } catch (IllegalArgumentException e) {
            throw new ResidualException(Kind.BAD_RUN, file + ": table sweep, confirm: " + e.getMessage(), e);
        }
    }

    /** Stores how the winner is confirmed, in place of what the sweep's file says. */
    public void replaceConfirm(Optional<ConfirmPlan> plan) {
        change("UPDATE sweep SET confirm = ?", ConfirmPlan.text(plan));
    }

    /** Stores a fresh run of a trial in place of an earlier state of it. */
    void putFresh(long trial, int seed, FreshRun run) {
        change(
                "INSERT OR REPLACE INTO confirmation (trial, seed, state, reason, attempts, value)"
                        + " VALUES (?, ?, ?, ?, ?, ?)",
                trial,
                seed,
                run.state().label(),
                run.reason(),
                run.attempts(),
                run.value().isPresent() ? run.value().getAsDouble() : null);
    }

    private synchronized String text(String column) {
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("SELECT " + column + " FROM sweep")) {
            if (!rows.next()) {
                throw new ResidualException(
                        Kind.BAD_RUN,
                        file
                                + ": the database has no sweep: put a complete one in its place, or give another"
                                + " directory");
            }
            return rows.getString(1);
        } catch (SQLException e) {
            throw DatabaseFile.toException(file, e);
        }
    }

    /** Replaces the text of the sweep's file, whose budget may grow. */
    public void replaceSweepFile(String text) {
        change("UPDATE sweep SET file = ?", text);
    }

    /** Adds a new trial. */
    public void add(Trial trial) {
        change(
                "INSERT INTO trial (number, assignment, state, reason, attempts) VALUES (?, ?, ?, ?, ?)",
                trial.number(),
                StrictJson.line(trial.assignment().values()),
                trial.state().label(),
                trial.reason(),
                trial.attempts());
    }

    /** Stores a trial's new state, reason and attempts. */
    public void updateState(Trial trial) {
        change(STATE, stateOf(trial));
    }

    private static Object[] stateOf(Trial trial) {
        return new Object[] {trial.state().label(), trial.reason(), trial.attempts(), trial.number()};
    }

    /**
     * Adds an epoch of a trial and stores the state that the trial has after it, both or neither.
     *
     * @param seed whose run the epoch is of, counted from 0
     */
    public synchronized void addEpoch(Trial trial, int seed, EpochMetrics metrics) {
        try {
            DatabaseFile.inTransaction(connection, () -> {
                insert(trial.number(), seed, metrics);
                update(STATE, stateOf(trial));
            });
        } catch (SQLException e) {
            throw DatabaseFile.toException(file, e);
        }
    }

    private void insert(long trial, int seed, EpochMetrics metrics) throws SQLException {
        update(
                "INSERT INTO epoch VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                trial,
                seed,
                metrics.epoch(),
                metrics.learningRate(),
                metrics.trainLoss(),
                metrics.trainAccuracy(),
                metrics.validationLoss(),
                metrics.validationAccuracy(),
                metrics.imagesPerSecond(),
                metrics.epochSeconds());
    }

    /** All trials with their epochs, by number. */
    public synchronized List<Trial> trials() {
        try {
            // One transaction: another process may write between the two queries.
            connection.setAutoCommit(false);
            try (Statement statement = connection.createStatement()) {
                return TrialRows.read(statement, DatabaseFile.hasConfirmation(connection));
            } finally {
                connection.commit();
                connection.setAutoCommit(true);
            }
        } catch (SQLException e) {
            throw DatabaseFile.toException(file, e);
        } catch (IllegalArgumentException e) {
            throw new ResidualException(Kind.BAD_RUN, file + ": " + e.getMessage(), e);
        }
    }

    /**
     * The same, of a sweep.
     *
     * @throws ResidualException also if an assignment, a seed or an epoch is none of the sweep's
     */
    public List<Trial> trials(Sweep sweep) {
        List<Trial> trials = trials();
        try {
            TrialRows.requireOf(sweep, trials);
        } catch (IllegalArgumentException e) {
            throw new ResidualException(Kind.BAD_RUN, file + ": " + e.getMessage(), e);
        }
        return trials;
    }

    private synchronized void change(String sql, @Nullable Object... values) {
        try {
            update(sql, values);
        } catch (SQLException e) {
            throw DatabaseFile.toException(file, e);
        }
    }

    private void update(String sql, @Nullable Object... values) throws SQLException {
        lock.ifPresent(FileLock::requireHeld);
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            for (int i = 0; i < values.length; i++) {
                statement.setObject(i + 1, values[i]);
            }
            statement.executeUpdate();
        }
    }

    @Override
    public synchronized void close() {
        try {
            connection.close();
        } catch (SQLException e) {
            throw DatabaseFile.toException(file, e);
        }
    }
}
