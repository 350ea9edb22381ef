package io.residual.tuning.trials;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.residual.core.ResidualException;
import io.residual.core.ResidualException.Kind;
import io.residual.core.files.FileLock;
import io.residual.training.loop.EpochMetrics;
import io.residual.tuning.search.Assignment;
import io.residual.tuning.search.TrialState;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sqlite.SQLiteConfig;

class SweepDatabaseTest {
    private static final Assignment COSINE =
            new Assignment(Map.of("learningRate", 0.30000000000000004, "width", 5L, "schedule", "cosine"));

    @TempDir
    Path directory;

    @Test
    void trials_and_epochs_are_read_as_they_were_written() {
        Trial diverged = Trial.proposed(0, COSINE).withState(TrialState.DIVERGED, "loss is NaN at iteration 7");
        Trial second = Trial.proposed(1, new Assignment(Map.of("width", 8L)));
        try (FileLock lock = SweepDatabase.lock(directory);
                SweepDatabase store = SweepDatabase.create(lock, "space: {}", "depth: 18", Optional.empty())) {
            store.add(diverged);
            store.add(second);
            store.addEpoch(second, 0, epoch(1, 0.25));
            store.addEpoch(second, 1, epoch(1, 0.5));
            store.addEpoch(second.withState(TrialState.PAUSED, "waits"), 1, epoch(2, 0.75));
        }

        try (SweepDatabase store = SweepDatabase.openReadOnly(directory)) {
            assertThat(store.sweepFile()).isEqualTo("space: {}");
            assertThat(store.base()).isEqualTo("depth: 18");
            assertThat(store.trials())
                    .containsExactly(
                            diverged,
                            new Trial(
                                    1,
                                    second.assignment(),
                                    TrialState.PAUSED,
                                    "waits",
                                    0,
                                    List.of(List.of(epoch(1, 0.25)), List.of(epoch(1, 0.5), epoch(2, 0.75))),
                                    new TreeMap<>()));
        }
    }

    @Test
    void fresh_runs_are_read_as_they_were_written_last() {
        Trial trial = Trial.proposed(0, COSINE).withEpoch(0, epoch(1, 0.25)).withState(TrialState.DONE, "");
        FreshRun diverged = FreshRun.without(TrialState.DIVERGED, "loss is NaN", 0);
        try (FileLock lock = SweepDatabase.lock(directory);
                SweepDatabase store = SweepDatabase.create(lock, "", "", Optional.empty())) {
            store.add(trial);
            store.addEpoch(trial, 0, epoch(1, 0.25));
            store.putFresh(0, 0, FreshRun.waiting("killed by signal 9", 1));
            store.putFresh(0, 1, diverged);
            store.putFresh(0, 0, FreshRun.done(0.1 + 0.2, 1));
        }

        try (SweepDatabase store = SweepDatabase.openReadOnly(directory)) {
            assertThat(store.trials())
                    .containsExactly(trial.withFresh(0, FreshRun.done(0.30000000000000004, 1))
                            .withFresh(1, diverged));
        }
    }

    @Test
    void a_watcher_sees_what_the_writer_of_another_connection_has_just_written() {
        try (FileLock lock = SweepDatabase.lock(directory);
                SweepDatabase store = SweepDatabase.create(lock, "", "", Optional.empty());
                SweepDatabase watcher = SweepDatabase.openReadOnly(directory)) {
            assertThat(watcher.trials()).isEmpty();
            store.add(Trial.proposed(0, COSINE));
            assertThat(watcher.trials()).containsExactly(Trial.proposed(0, COSINE));
        }
    }

    @Test
    void an_epoch_that_was_kept_before_changes_neither_epochs_nor_state() {
        Trial trial = Trial.proposed(0, COSINE);
        try (FileLock lock = SweepDatabase.lock(directory);
                SweepDatabase store = SweepDatabase.create(lock, "", "", Optional.empty())) {
            store.add(trial);
            store.addEpoch(trial, 0, epoch(1, 0.5));
            assertThatThrownBy(() -> store.addEpoch(trial.withState(TrialState.PRUNED, "no"), 0, epoch(1, 0.75)))
                    .isInstanceOf(ResidualException.class);
            assertThat(store.trials()).containsExactly(trial.withEpoch(0, epoch(1, 0.5)));
        }
    }

    @Test
    void a_directory_with_a_sweep_begins_no_second_one() {
        try (FileLock lock = SweepDatabase.lock(directory)) {
            SweepDatabase.create(lock, "", "", Optional.empty()).close();
            assertThatThrownBy(() -> SweepDatabase.create(lock, "", "", Optional.empty()))
                    .hasMessage(directory + ": a sweep was started here: resume it, or give another directory");
        }
    }

    @Test
    void a_damaged_database_is_named_copied_and_left_as_it_is() throws Exception {
        Path file = directory.resolve("sweep.db");
        byte[] damaged = damagedDatabase(file);
        try (FileLock lock = SweepDatabase.lock(directory)) {
            for (int i = 0; i < 2; i++) {
                assertThatThrownBy(() -> SweepDatabase.open(lock))
                        .isInstanceOf(ResidualException.class)
                        .hasMessageStartingWith(file + ": the database is damaged (")
                        .hasMessageContaining(
                                "a copy of it as it was found is " + file + ".damaged-1: put a complete one");
            }
        }
        assertThat(file).hasBinaryContent(damaged);
        assertThat(directory.resolve("sweep.db.damaged-1")).hasBinaryContent(damaged);
        assertThat(names())
                .as("one copy, however often the damage was seen; the rest is SQLite's")
                .containsOnly(".lock", "sweep.db", "sweep.db-shm", "sweep.db-wal", "sweep.db.damaged-1");
    }

    private byte[] damagedDatabase(Path file) throws Exception {
        try (FileLock lock = SweepDatabase.lock(directory);
                SweepDatabase store = SweepDatabase.create(lock, "", "", Optional.empty())) {
            for (int i = 0; i < 200; i++) {
                store.add(Trial.proposed(i, COSINE));
            }
        }
        byte[] bytes = Files.readAllBytes(file);
        Arrays.fill(bytes, 4096, bytes.length, (byte) 0xA5);
        Files.write(file, bytes);
        return bytes;
    }

    @Test
    void a_file_that_is_no_database_is_left_as_it_is() throws Exception {
        Files.writeString(directory.resolve("sweep.db"), "these are notes about sweeps, not a sweep's database");
        try (FileLock lock = SweepDatabase.lock(directory)) {
            assertThatThrownBy(() -> SweepDatabase.open(lock)).hasMessageContaining("the database is damaged");
        }
        assertThat(directory.resolve("sweep.db")).hasContent("these are notes about sweeps, not a sweep's database");
    }

    @Test
    void a_database_of_a_later_schema_is_refused() throws Exception {
        try (FileLock lock = SweepDatabase.lock(directory)) {
            SweepDatabase.create(lock, "", "", Optional.empty()).close();
            try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + directory.resolve("sweep.db"));
                    Statement statement = connection.createStatement()) {
                statement.execute("PRAGMA user_version = 3");
            }
            assertThatThrownBy(() -> SweepDatabase.open(lock))
                    .hasMessageEndingWith(
                            ": written by another version of this program (schema 3, expected at most 2): resume with"
                                    + " that version, or start a new sweep in another directory");
        }
    }

    @Test
    void an_upgrade_that_fails_in_the_middle_leaves_a_file_that_the_next_one_completes() throws Exception {
        try (InputStream in = SweepDatabaseTest.class.getResourceAsStream("release-0.1-sweep.db")) {
            Files.copy(in, directory.resolve("sweep.db"));
        }
        execute("CREATE TABLE confirmation (in_the_way INTEGER)");
        try (FileLock lock = SweepDatabase.lock(directory)) {
            for (int i = 0; i < 2; i++) {
                assertThatThrownBy(() -> SweepDatabase.open(lock))
                        .isInstanceOfSatisfying(
                                ResidualException.class,
                                e -> assertThat(e.kind()).isEqualTo(Kind.BAD_RUN))
                        .hasMessageContaining("table confirmation already exists");
            }
            try (SweepDatabase reader = SweepDatabase.openReadOnly(directory)) {
                assertThat(reader.trials()).hasSize(3);
            }

            execute("DROP TABLE confirmation");
            try (SweepDatabase store = SweepDatabase.open(lock)) {
                long best = store.trials().get(0).number();
                store.putFresh(best, 0, FreshRun.done(0.5, 0));
                assertThat(store.trials().get(0).fresh()).containsEntry(0, FreshRun.done(0.5, 0));
            }
        }
    }

    private void execute(String sql) throws SQLException {
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + directory.resolve("sweep.db"));
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    @Test
    void a_full_disk_ends_in_a_message_and_loses_nothing_that_was_written() {
        SQLiteConfig small = DatabaseFile.durable();
        small.setMaxPageCount(24);
        int[] written = {0};
        try (FileLock lock = SweepDatabase.lock(directory)) {
            try (SweepDatabase store = SweepDatabase.create(lock, "", "", Optional.empty(), small)) {
                assertThatThrownBy(() -> {
                            for (int i = 0; i < 10_000; i++) {
                                store.add(Trial.proposed(i, COSINE));
                                written[0]++;
                            }
                        })
                        .isInstanceOfSatisfying(
                                ResidualException.class,
                                e -> assertThat(e.kind()).isEqualTo(Kind.BAD_RUN))
                        .hasMessageContaining("the disk is full or failing; no finished trial is lost: free space, then"
                                + " resume the sweep");
            }
            try (SweepDatabase store = SweepDatabase.open(lock)) {
                assertThat(written[0]).isGreaterThan(50);
                assertThat(store.trials()).hasSize(written[0]);
            }
        }
    }

    @Test
    void a_second_sweep_on_the_directory_is_refused_at_once() {
        try (FileLock lock = SweepDatabase.lock(directory)) {
            assertThatThrownBy(() -> SweepDatabase.lock(directory))
                    .hasMessage(
                            directory + ": another sweep runs in this directory: wait for it, stop it, or give another"
                                    + " directory");
            assertThat(lock.directory()).isEqualTo(directory);
        }
        SweepDatabase.lock(directory).close();
    }

    private List<String> names() throws Exception {
        try (Stream<Path> files = Files.list(directory)) {
            return files.map(f -> f.getFileName().toString()).toList();
        }
    }

    private static EpochMetrics epoch(int number, double accuracy) {
        return new EpochMetrics(number, 0.1, 1.5, 0.125, 2.5, accuracy, 640, 3.25);
    }
}
