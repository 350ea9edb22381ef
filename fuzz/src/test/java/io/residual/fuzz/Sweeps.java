package io.residual.fuzz;

import io.residual.core.files.FileLock;
import io.residual.training.config.Preset;
import io.residual.training.config.SpecFile;
import io.residual.tuning.report.SweepResults;
import io.residual.tuning.sweep.Sweep;
import io.residual.tuning.trials.SweepDatabase;
import io.residual.tuning.trials.SweepHandle;
import io.residual.tuning.trials.Trial;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;

/** The directory of a sweep, deleted when it is closed. */
final class Sweeps implements AutoCloseable {
    private static final AtomicReference<byte[]> EMPTY = new AtomicReference<>(new byte[0]);

    private final Path directory;

    Sweeps(Path directory) throws IOException {
        this.directory = Files.createDirectories(directory);
    }

    Path file() {
        return directory.resolve("sweep.db");
    }

    /** A sweep with rows, as far as the database takes them. */
    void create(String sweep, String rows) throws IOException, SQLException {
        Files.write(file(), EMPTY.updateAndGet(made -> made.length == 0 ? empty(sweep) : made));
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file());
                Statement statement = connection.createStatement()) {
            statement.execute("PRAGMA synchronous = OFF");
            for (String row : rows.split(";\n")) {
                try {
                    statement.executeUpdate(row);
                } catch (SQLException e) {
                    // What the database itself refuses never gets to the reader.
                }
            }
        }
    }

    /** A sweep without trials, made once: forcing it to the disk takes most of the time. */
    private byte[] empty(String sweep) {
        String base =
                SpecFile.write(Preset.resolve("quick", Map.of("epochs", "2")).spec());
        try (FileLock lock = SweepDatabase.lock(directory)) {
            SweepDatabase.create(lock, sweep, base, Optional.empty()).close();
            return Files.readAllBytes(file());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Reads all that the report needs, and makes it. */
    void read() {
        try (SweepDatabase database = SweepDatabase.openReadOnly(directory)) {
            Sweep sweep = SweepHandle.stored(directory, database);
            List<Trial> trials = database.trials(sweep);
            SweepResults results = new SweepResults(sweep, directory);
            results.summary(trials);
            results.live(trials);
        }
    }

    @Override
    public void close() throws IOException {
        try (Stream<Path> files = Files.walk(directory)) {
            files.sorted(Comparator.reverseOrder()).forEach(Sweeps::delete);
        }
    }

    private static void delete(Path file) {
        try {
            Files.delete(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
