package io.residual.laboratory.experiments.training;

import io.residual.core.ResidualException;
import io.residual.core.ResidualException.Kind;
import io.residual.core.files.AtomicFile;
import io.residual.core.files.FileLock;
import io.residual.core.files.IoErrors;
import io.residual.training.cli.OutputFile;
import io.residual.training.run.RunDirectory;
import io.residual.training.run.StrictJson;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** Finished trainings, a JSON file each, named by what was trained, so that none has to be repeated. */
public final class ResultStore {
    private final Path directory;

    private ResultStore(Path directory) {
        this.directory = directory;
    }

    /**
     * The store in a directory, which is created if it is not there.
     *
     * @throws ResidualException of kind BAD_RUN if it cannot be created or written to
     */
    public static ResultStore at(Path directory) {
        OutputFile.createDirectory(directory, "give another directory");
        return new ResultStore(directory);
    }

    /**
     * Takes the right to add to the store, and deletes what a killed process left.
     *
     * @throws ResidualException of kind BAD_RUN if another process has it
     */
    public FileLock lock() {
        FileLock lock = RunDirectory.takeAt(directory).lock();
        try {
            AtomicFile.deleteTemporaryFiles(directory);
            return lock;
        } catch (IOException e) {
            lock.close();
            throw new ResidualException(
                    Kind.BAD_RUN, directory + ": cannot be tidied (" + IoErrors.reason(e) + "): is it writable?", e);
        }
    }

    /**
     * The result of a training.
     *
     * @throws ResidualException of kind BAD_RUN if there is a file that cannot be read
     */
    public Optional<TrainingResult> find(String key) {
        Path file = file(key);
        if (!Files.exists(file)) {
            return Optional.empty();
        }
        String reason;
        try {
            TrainingResult result = StrictJson.read(Files.readString(file), TrainingResult.class);
            if (result.key().equals(key)) {
                return Optional.of(result);
            }
            reason = "it is the result " + result.key();
        } catch (IllegalArgumentException e) {
            reason = String.valueOf(e.getMessage());
        } catch (IOException e) {
            reason = IoErrors.reason(e);
        }
        throw new ResidualException(
                Kind.BAD_RUN, file + ": cannot be read (" + reason + "): delete it, and it is trained again");
    }

    /**
     * Saves a result, completely or not at all.
     *
     * @throws ResidualException of kind BAD_RUN if it cannot be written
     */
    public void save(TrainingResult result) {
        OutputFile.write(file(result.key()), StrictJson.pretty(result), "is the disk full?");
    }

    private Path file(String key) {
        return directory.resolve(key + ".json");
    }
}
