package io.residual.tuning.trials;

import io.residual.core.ResidualException;
import io.residual.core.ResidualException.Kind;
import io.residual.core.files.IoErrors;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteErrorCode;
import org.sqlite.SQLiteException;

/** The SQLite file of a sweep: how it is opened, what its tables are, and its errors in the words of users. */
final class DatabaseFile {
    static final String NAME = "sweep.db";
    /** Distinguishes a sweep's file from other SQLite files: "Rswp". */
    private static final int APPLICATION = 0x52737770;

    /** The second has the confirmation: its plan with the sweep, and its runs. */
    private static final int SCHEMA = 2;

    private static final String CONFIRMATION = """
        CREATE TABLE confirmation (
            trial INTEGER NOT NULL REFERENCES trial (number),
            seed INTEGER NOT NULL,
            state TEXT NOT NULL CHECK (state IN ('waiting', 'done', 'diverged', 'failed')),
            reason TEXT NOT NULL,
            attempts INTEGER NOT NULL,
            value REAL CHECK ((value IS NOT NULL) = (state = 'done')),
            PRIMARY KEY (trial, seed)) STRICT, WITHOUT ROWID\
        """;

    private static final String[] TABLES = {
        """
        CREATE TABLE sweep (
            id INTEGER PRIMARY KEY CHECK (id = 1),
            file TEXT NOT NULL,
            base TEXT NOT NULL,
            confirm TEXT NOT NULL DEFAULT '') STRICT\
        """, """
            CREATE TABLE trial (
                number INTEGER PRIMARY KEY,
                assignment TEXT NOT NULL,
                state TEXT NOT NULL CHECK (state IN
                    ('waiting', 'running', 'paused', 'pruned', 'done', 'diverged', 'failed')),
                reason TEXT NOT NULL,
                attempts INTEGER NOT NULL) STRICT\
            """, """
                CREATE TABLE epoch (
                    trial INTEGER NOT NULL REFERENCES trial (number),
                    seed INTEGER NOT NULL,
                    epoch INTEGER NOT NULL,
                    learning_rate REAL NOT NULL,
                    train_loss REAL NOT NULL,
                    train_accuracy REAL NOT NULL,
                    validation_loss REAL NOT NULL,
                    validation_accuracy REAL NOT NULL,
                    images_per_second REAL NOT NULL,
                    epoch_seconds REAL NOT NULL,
                    PRIMARY KEY (trial, seed, epoch)) STRICT, WITHOUT ROWID\
                """, CONFIRMATION,
    };

    private DatabaseFile() {}

    static SQLiteConfig durable() {
        SQLiteConfig config = new SQLiteConfig();
        config.setJournalMode(SQLiteConfig.JournalMode.WAL);
        config.setSynchronous(SQLiteConfig.SynchronousMode.FULL);
        config.enforceForeignKeys(true);
        config.setBusyTimeout(10_000);
        return config;
    }

    /** A connection that sees what another process writes, and cannot write itself. */
    static SQLiteConfig readOnly() {
        SQLiteConfig config = new SQLiteConfig();
        config.setBusyTimeout(10_000);
        config.setReadOnly(true);
        return config;
    }

    static Connection connect(Path file, SQLiteConfig config) throws SQLException {
        return config.createConnection("jdbc:sqlite:" + file.toAbsolutePath());
    }

    /** Changes of the database. */
    @FunctionalInterface
    interface Changes {
        void make() throws SQLException;
    }

    /** Makes all changes or none. */
    static void inTransaction(Connection connection, Changes changes) throws SQLException {
        connection.setAutoCommit(false);
        try {
            changes.make();
            connection.commit();
        } catch (SQLException | RuntimeException e) {
            connection.rollback();
            throw e;
        } finally {
            connection.setAutoCommit(true);
        }
    }

    /** Makes the file of a new sweep in one step: a kill leaves a complete one or none. */
    static void create(Path file, String sweepFile, String base, String confirm) throws SQLException, IOException {
        Path unfinished = file.resolveSibling(NAME + ".new");
        Files.deleteIfExists(unfinished);
        SQLiteConfig config = new SQLiteConfig();
        config.setSynchronous(SQLiteConfig.SynchronousMode.FULL);
        try (Connection connection = connect(unfinished, config)) {
            connection.setAutoCommit(false);
            try (Statement statement = connection.createStatement()) {
                for (String table : TABLES) {
                    statement.execute(table);
                }
                statement.execute("PRAGMA application_id = " + APPLICATION);
                statement.execute("PRAGMA user_version = " + SCHEMA);
            }
            try (PreparedStatement row =
                    connection.prepareStatement("INSERT INTO sweep (id, file, base, confirm) VALUES (1, ?, ?, ?)")) {
                row.setString(1, sweepFile);
                row.setString(2, base);
                row.setString(3, confirm);
                row.executeUpdate();
            }
            connection.commit();
        }
        Files.move(unfinished, file, StandardCopyOption.ATOMIC_MOVE);
    }

    /**
     * Refuses what is no sweep of this version, and what is damaged; a damaged file is copied, never written to.
     *
     * @throws ResidualException of kind BAD_RUN
     */
    static void check(Path file, Connection connection) throws SQLException {
        String verdict = text(connection, "PRAGMA integrity_check(1)");
        if (!verdict.equals("ok")) {
            throw damaged(file, verdict);
        }
        if (number(connection, "PRAGMA application_id") != APPLICATION) {
            throw new ResidualException(
                    Kind.BAD_RUN, file + ": a database, but not of a sweep: give another directory");
        }
        int version = number(connection, "PRAGMA user_version");
        if (version < 1 || version > SCHEMA) {
            throw new ResidualException(
                    Kind.BAD_RUN,
                    file + ": written by another version of this program (schema " + version + ", expected at most "
                            + SCHEMA + "): resume with that version, or start a new sweep in another directory");
        }
    }

    /** Whether the sweep was made, or resumed, by a version that can confirm it. */
    static boolean hasConfirmation(Connection connection) throws SQLException {
        return number(connection, "PRAGMA user_version") >= SCHEMA;
    }

    /** Gives the sweep of an earlier version what it lacks, all or nothing. */
    static void upgrade(Connection connection) throws SQLException {
        if (hasConfirmation(connection)) {
            return;
        }
        inTransaction(connection, () -> {
            try (Statement statement = connection.createStatement()) {
                statement.execute("ALTER TABLE sweep ADD COLUMN confirm TEXT NOT NULL DEFAULT ''");
                statement.execute(CONFIRMATION);
                statement.execute("PRAGMA user_version = " + SCHEMA);
            }
        });
    }

    private static String text(Connection connection, String query) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(query)) {
            return rows.next() ? String.valueOf(rows.getString(1)) : "";
        }
    }

    private static int number(Connection connection, String query) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(query)) {
            return rows.next() ? rows.getInt(1) : 0;
        }
    }

    /** What a failed access means to the user. */
    static ResidualException toException(Path file, SQLException e) {
        if (e instanceof SQLiteException sqlite) {
            SQLiteErrorCode code = sqlite.getResultCode();
            if (code == SQLiteErrorCode.SQLITE_CORRUPT || code == SQLiteErrorCode.SQLITE_NOTADB) {
                return damaged(file, String.valueOf(code.message));
            }
            if (code == SQLiteErrorCode.SQLITE_FULL || code.name().startsWith("SQLITE_IOERR")) {
                return new ResidualException(
                        Kind.BAD_RUN,
                        file
                                + ": cannot be written, the disk is full or failing; no finished trial is lost: free"
                                + " space, then resume the sweep",
                        e);
            }
        }
        return new ResidualException(Kind.BAD_RUN, file + ": " + e.getMessage(), e);
    }

    private static ResidualException damaged(Path file, String how) {
        String copied;
        try {
            copied = "a copy of it as it was found is " + copyDamaged(file);
        } catch (IOException e) {
            copied = "it could not be copied (" + IoErrors.reason(e) + ")";
        }
        return new ResidualException(
                Kind.BAD_RUN,
                file + ": the database is damaged (" + how.lines().findFirst().orElse("") + "); " + copied
                        + ": put a complete one in its place, or start a new sweep in another directory; the trials'"
                        + " own directories are untouched");
    }

    /** Copies the file and its write-ahead log next to it, under names that are free. */
    private static Path copyDamaged(Path file) throws IOException {
        for (int i = 1; ; i++) {
            Path copy = file.resolveSibling(NAME + ".damaged-" + i);
            if (Files.exists(copy)) {
                if (Files.mismatch(copy, file) == -1) {
                    return copy;
                }
                continue;
            }
            Files.copy(file, copy, StandardCopyOption.COPY_ATTRIBUTES);
            Path log = file.resolveSibling(NAME + "-wal");
            if (Files.exists(log) && Files.size(log) > 0) {
                Files.copy(log, file.resolveSibling(copy.getFileName() + "-wal"), StandardCopyOption.REPLACE_EXISTING);
            }
            return copy;
        }
    }
}
