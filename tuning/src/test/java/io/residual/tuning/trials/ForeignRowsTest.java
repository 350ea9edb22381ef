package io.residual.tuning.trials;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.residual.core.ResidualException;
import io.residual.core.ResidualException.Kind;
import io.residual.core.files.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Databases whose rows this program did not write: changed by hand, merged, or made to do harm. */
@Timeout(60)
class ForeignRowsTest {
    private static final String SWEEP = """
        overrides: {epochs: 3}
        seeds: 2
        space:
          learningRate: {logUniform: [0.001, 1]}
          width: {integer: [4, 32]}
        budget: {trials: 5}
        """;

    @TempDir
    private Path directory;

    @BeforeEach
    void makeASweep() throws Exception {
        SweepHandle.create(directory, "sweep.yaml", SWEEP, UnaryOperator.identity())
                .close();
        execute("INSERT INTO trial VALUES (0, '{\"learningRate\":0.1,\"width\":8}', 'running', '', 0)");
    }

    /** The tables as another program may have them: any type, and null. */
    private void loosen() throws SQLException {
        execute("ALTER TABLE trial RENAME TO t", "ALTER TABLE epoch RENAME TO e");
        execute("CREATE TABLE trial AS SELECT * FROM t", "CREATE TABLE epoch AS SELECT * FROM e");
        execute("DROP TABLE confirmation", "DROP TABLE e", "DROP TABLE t");
        execute("CREATE TABLE confirmation (trial, seed, state, reason, attempts, value)");
    }

    private void execute(String... commands) throws SQLException {
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + directory.resolve("sweep.db"));
                Statement statement = connection.createStatement()) {
            for (String command : commands) {
                statement.execute(command);
            }
        }
    }

    private void assertRefused(String message) {
        assertThatThrownBy(() -> SweepHandle.resume(directory, "", Optional.empty(), UnaryOperator.identity()))
                .isInstanceOfSatisfying(
                        ResidualException.class, e -> assertThat(e.kind()).isEqualTo(Kind.BAD_RUN))
                .hasMessage(directory.resolve("sweep.db") + ": " + message);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            nullValues = "-",
            value = {
                "assignment = NULL | row number 0, assignment: expected text, got null",
                "assignment = 'null' | row number 0, assignment: expected an object, got null",
                "assignment = '[1]' | -",
                "assignment = '{\"learningRate\":null,\"width\":8}' | row number 0, assignment: learningRate must be a"
                        + " Double, Long or String, got null",
                "assignment = '{\"learningRate\":0.1}' | row number 0, assignment: width is missing, which the sweep's"
                        + " space does not have",
                "assignment = '{\"learningRate\":1e300,\"width\":8}' | row number 0, assignment: learningRate is"
                        + " 1.0E300, which the sweep's space does not have",
                "assignment = '{\"learningRate\":\"fast\",\"width\":8}' | row number 0, assignment: learningRate is"
                        + " fast, which the sweep's space does not have",
                "assignment = '{\"learningRate\":0.1,\"width\":-8}' | row number 0, assignment: width is -8, which the"
                        + " sweep's space does not have",
                "assignment = '{\"learningRate\":0.1,\"width\":8.5}' | row number 0, assignment: width is 8.5, which"
                        + " the sweep's space does not have",
                "state = NULL | row number 0, state: expected text, got null",
                "state = 'odd' | row number 0, state: unknown state odd",
                "state = 'done' | row number 0, state: done, but there is no epoch of it",
                "reason = NULL | row number 0, reason: expected text, got null",
                "attempts = -1 | row number 0, attempts: expected a whole number from 0 to 2147483647, got -1",
                "attempts = 1e300 | row number 0, attempts: expected a whole number from 0 to 2147483647, got 1.0E300",
                "attempts = 99999999999 | row number 0, attempts: expected a whole number from 0 to 2147483647, got"
                        + " 99999999999",
                "number = -1 | row number -1, number: expected a whole number from 0 to 9223372036854775807, got -1",
                "number = NULL | row number null, number: expected a whole number from 0 to 9223372036854775807, got"
                        + " null"
            })
    void a_value_of_a_trial_that_is_none_is_named(String change, String message) throws Exception {
        loosen();
        execute("UPDATE trial SET " + change);

        if (message == null) {
            assertThatThrownBy(() -> SweepHandle.resume(directory, "", Optional.empty(), UnaryOperator.identity()))
                    .hasMessageStartingWith(
                            directory.resolve("sweep.db") + ": table trial, row number 0, assignment: ");
        } else {
            assertRefused("table trial, " + message);
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "7, 0, 1, 0.1 | row trial 7, seed 0, epoch 1, trial: there is no trial 7",
                "0, 2000000000, 1, 0.1 | row trial 0, seed 2000000000, epoch 1, seed: expected 0, got 2000000000",
                "0, -1, 1, 0.1 | row trial 0, seed -1, epoch 1, seed: expected 0, got -1",
                "0, 0, 99, 0.1 | row trial 0, seed 0, epoch 99, epoch: expected 1, got 99",
                "0, 0, 1, NULL | row trial 0, seed 0, epoch 1, learning_rate: expected a finite number, got null",
                "0, 0, 1, 9e999 | row trial 0, seed 0, epoch 1, learning_rate: expected a finite number, got Infinity",
                "0, 0, 1, 'x' | row trial 0, seed 0, epoch 1, learning_rate: expected a finite number, got x",
                "0, 0, 1, -1 | row trial 0, seed 0, epoch 1, metrics: learningRate must be at least 0 and finite, got"
                        + " -1.0"
            })
    void a_value_of_an_epoch_that_is_none_is_named(String values, String message) throws Exception {
        loosen();
        execute("INSERT INTO epoch VALUES (" + values + ", 1, 0.5, 1, 0.5, 100, 1)");

        assertRefused("table epoch, " + message);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "7, 0, 'done', '', 0, 0.5 | row trial 7, seed 0, trial: expected one that is done",
                "1, 0, 'done', '', 0, 0.5 | row trial 1, seed 0, trial: expected one that is done",
                "0, -1, 'done', '', 0, 0.5 | row trial 0, seed -1, seed: expected a whole number from 0 to 2147483647,"
                        + " got -1",
                "0, 0, 'running', '', 0, 0.5 | row trial 0, seed 0, state: a fresh run is not running",
                "0, 0, 'odd', '', 0, 0.5 | row trial 0, seed 0, state: unknown state odd",
                "0, 0, 'done', NULL, 0, 0.5 | row trial 0, seed 0, reason: expected text, got null",
                "0, 0, 'done', '', -1, 0.5 | row trial 0, seed 0, attempts: expected a whole number from 0 to"
                        + " 2147483647, got -1",
                "0, 0, 'done', '', 0, NULL | row trial 0, seed 0, state: a fresh run has a finite value once it is"
                        + " done, not none when done",
                "0, 0, 'failed', '', 0, 0.5 | row trial 0, seed 0, state: a fresh run has a finite value once it is"
                        + " done, not 0.5 when failed",
                "0, 0, 'done', '', 0, 'x' | row trial 0, seed 0, value: expected a finite number, got x"
            })
    void a_value_of_a_fresh_run_that_is_none_is_named(String values, String message) throws Exception {
        loosen();
        execute("UPDATE trial SET state = 'done'");
        execute("INSERT INTO epoch VALUES (0, 0, 1, 0.1, 1, 0.5, 1, 0.5, 100, 1)");
        execute("INSERT INTO trial VALUES (1, '{\"learningRate\":0.2,\"width\":8}', 'paused', '', 0)");
        execute("INSERT INTO confirmation VALUES (" + values + ")");

        assertRefused("table confirmation, " + message);
    }

    @Test
    void a_plan_that_no_sweep_has_is_refused() throws Exception {
        execute("UPDATE sweep SET confirm = '3x'");

        assertRefused(
                "table sweep, confirm: expected trials and seeds such as 3x5, trials alone such as 3, or none, got"
                        + " \"3x\"");
    }

    @Test
    void epochs_after_the_last_and_seeds_that_the_sweep_does_not_have_are_refused() throws Exception {
        for (int epoch = 1; epoch <= 4; epoch++) {
            execute("INSERT INTO epoch VALUES (0, 0, " + epoch + ", 0.1, 1, 0.5, 1, 0.5, 100, 1)");
        }
        assertRefused("table epoch, row trial 0: expected at most 2 seeds of 3 epochs, got 1 of 4");

        execute("DELETE FROM epoch");
        for (int seed = 0; seed < 3; seed++) {
            execute("INSERT INTO epoch VALUES (0, " + seed + ", 1, 0.1, 1, 0.5, 1, 0.5, 100, 1)");
        }
        assertRefused("table epoch, row trial 0: expected at most 2 seeds of 3 epochs, got 3 of 1");
    }

    @Test
    void the_rows_of_this_program_are_read() throws Exception {
        execute("INSERT INTO epoch VALUES (0, 0, 1, 0.1, 1, 0.5, 1, 0.5, 100, 1)");
        loosen();

        try (SweepHandle sweep = SweepHandle.resume(directory, "", Optional.empty(), UnaryOperator.identity())) {
            assertThat(sweep.trials()).singleElement().satisfies(trial -> {
                assertThat(trial.assignment().whole("width")).isEqualTo(8);
                assertThat(trial.epochs()).isEqualTo(1);
            });
        }
    }

    @Test
    void a_pipe_in_the_place_of_the_database_is_no_file() throws Exception {
        Path file = directory.resolve("sweep.db");
        Files.delete(file);
        assertThat(new ProcessBuilder("mkfifo", file.toString()).start().waitFor())
                .isZero();

        try (FileLock lock = SweepDatabase.lock(directory)) {
            assertThatThrownBy(() -> SweepDatabase.open(lock))
                    .hasMessage(file + ": cannot be read: is a pipe or a device, no file");
        }
    }

    @Test
    void a_sweep_whose_lock_was_deleted_writes_no_more() throws Exception {
        try (FileLock lock = SweepDatabase.lock(directory);
                SweepDatabase database = SweepDatabase.open(lock)) {
            Trial trial = database.trials().get(0);
            Files.delete(directory.resolve(FileLock.FILE));

            assertThatThrownBy(() -> database.updateState(trial))
                    .isInstanceOf(ResidualException.class)
                    .hasMessageContaining("its file .lock was deleted or replaced");
        }
    }
}
