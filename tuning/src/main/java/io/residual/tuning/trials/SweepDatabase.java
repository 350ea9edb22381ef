package io.residual.tuning.trials;

import io.residual.core.ResidualException;
import io.residual.core.ResidualException.Kind;
import io.residual.training.loop.EpochMetrics;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import org.sqlite.SQLiteConfig;

/**
 * The table of a sweep in its directory: SQLite with a write-ahead log, forced to disk at each change, and one writer. What
 * a method has written survives the death of the process and of the machine. All faults are {@link ResidualException}s of
 * status RUN. Threads may share it.
 */
public final class SweepDatabase implements AutoCloseable {
    private static final String STATE = "UPDATE trial SET state = ?, reason = ?, attempts = ? WHERE number = ?";

    private final Path file;
    private final Connection connection;

    private SweepDatabase(Path file, Connection connection) {
        this.file = file;
        this.connection = connection;
    }

    /** Whether a sweep has begun in the directory. */
    public static boolean isIn(Path directory) {
        return Files.exists(directory.resolve(DatabaseFile.NAME));
    }

    /**
     * Begins a sweep.
     *
     * @param lock of the directory
     * @param sweepFile text of the sweep's file
     * @param base the spec that its trials start from, as YAML
     */
    public static SweepDatabase create(SweepLock lock, String sweepFile, String base) {
        return create(lock, sweepFile, base, DatabaseFile.durable());
    }

    /** @param config where a test makes the disk small */
    static SweepDatabase create(SweepLock lock, String sweepFile, String base, SQLiteConfig config) {
        Path file = lock.directory().resolve(DatabaseFile.NAME);
        if (Files.exists(file)) {
            throw new ResidualException(
                    Kind.BAD_RUN,
                    lock.directory() + ": a sweep has begun here: go on with --resume, or give another --dir");
        }
        try {
            DatabaseFile.create(file, sweepFile, base);
            return new SweepDatabase(file, DatabaseFile.connect(file, config));
        } catch (SQLException e) {
            throw DatabaseFile.fault(file, e);
        } catch (IOException e) {
            throw new ResidualException(Kind.BAD_RUN, file + ": cannot be made: " + e, e);
        }
    }

    /** Opens the sweep of a directory to go on with it. */
    public static SweepDatabase open(SweepLock lock) {
        return open(lock.directory(), DatabaseFile.durable());
    }

    /** Opens the sweep of a directory to look at it, also while another process runs it. */
    public static SweepDatabase watch(Path directory) {
        return open(directory, DatabaseFile.watching());
    }

    private static SweepDatabase open(Path directory, SQLiteConfig config) {
        Path file = directory.resolve(DatabaseFile.NAME);
        if (!Files.exists(file)) {
            throw new ResidualException(
                    Kind.BAD_RUN, directory + ": no sweep has begun here: give --sweep FILE.yaml without --resume");
        }
        try {
            // A look without the right to write comes first: opening a damaged file to write may change it.
            try (Connection look = DatabaseFile.connect(file, DatabaseFile.watching())) {
                DatabaseFile.check(file, look);
            }
            return new SweepDatabase(file, DatabaseFile.connect(file, config));
        } catch (SQLException e) {
            throw DatabaseFile.fault(file, e);
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

    private synchronized String text(String column) {
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("SELECT " + column + " FROM sweep")) {
            if (!rows.next()) {
                throw new ResidualException(
                        Kind.BAD_RUN,
                        file + ": the table has no sweep: put a whole one in its place, or give another --dir");
            }
            return rows.getString(1);
        } catch (SQLException e) {
            throw DatabaseFile.fault(file, e);
        }
    }

    /** Replaces the text of the sweep's file, whose budget may grow. */
    public void replaceSweepFile(String text) {
        change("UPDATE sweep SET file = ?", text);
    }

    /** Adds a trial that has not begun. */
    public void add(Trial trial) {
        change(
                "INSERT INTO trial (number, assignment, state, reason, attempts) VALUES (?, ?, ?, ?, ?)",
                trial.number(),
                AssignmentJson.write(trial.assignment()),
                trial.state().word(),
                trial.reason(),
                trial.attempts());
    }

    /** Keeps a trial's new state, reason and attempts. */
    public void keepState(Trial trial) {
        change(STATE, stateOf(trial));
    }

    private static Object[] stateOf(Trial trial) {
        return new Object[] {trial.state().word(), trial.reason(), trial.attempts(), trial.number()};
    }

    /**
     * Adds an epoch of a trial and keeps the state that the trial has after it, both or neither.
     *
     * @param seed whose run the epoch is of, counted from 0
     */
    public synchronized void addEpoch(Trial trial, int seed, EpochMetrics metrics) {
        try {
            connection.setAutoCommit(false);
            try {
                insert(trial.number(), seed, metrics);
                update(STATE, stateOf(trial));
                connection.commit();
            } catch (SQLException e) {
                connection.rollback();
                throw e;
            } finally {
                connection.setAutoCommit(true);
            }
        } catch (SQLException e) {
            throw DatabaseFile.fault(file, e);
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
            return TrialRows.read(connection);
        } catch (SQLException e) {
            throw DatabaseFile.fault(file, e);
        } catch (IllegalArgumentException e) {
            throw new ResidualException(Kind.BAD_RUN, file + ": " + e.getMessage(), e);
        }
    }

    private synchronized void change(String sql, Object... values) {
        try {
            update(sql, values);
        } catch (SQLException e) {
            throw DatabaseFile.fault(file, e);
        }
    }

    private void update(String sql, Object... values) throws SQLException {
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
            throw DatabaseFile.fault(file, e);
        }
    }
}
