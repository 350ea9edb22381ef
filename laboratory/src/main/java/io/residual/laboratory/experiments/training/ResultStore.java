package io.residual.laboratory.experiments.training;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.residual.core.ResidualException;
import io.residual.core.ResidualException.Kind;
import io.residual.core.files.AtomicFile;
import io.residual.core.files.FileLock;
import io.residual.training.cli.OutputFile;
import io.residual.training.run.RunDirectory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Finished trainings, a JSON file each, named by what was trained. A training that is there need not be repeated. */
public final class ResultStore {
    private static final ObjectMapper MAPPER = JsonMapper.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .enable(
                    DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES,
                    DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES,
                    DeserializationFeature.FAIL_ON_NULL_CREATOR_PROPERTIES,
                    DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

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
        try {
            Files.createDirectories(directory);
        } catch (IOException e) {
            throw new ResidualException(
                    Kind.BAD_RUN,
                    directory + ": cannot keep results there (" + e.getMessage() + "): name another directory",
                    e);
        }
        return new ResultStore(directory);
    }

    /**
     * The right to add to the store, and clears what a killed process left.
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
                    Kind.BAD_RUN, directory + ": cannot be tidied (" + e.getMessage() + "): is it writable?", e);
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
        try {
            TrainingResult result = MAPPER.readValue(Files.readString(file), TrainingResult.class);
            if (result.key().equals(key)) {
                return Optional.of(result);
            }
            throw corrupt(file, "it is the result " + result.key(), null);
        } catch (JsonProcessingException e) {
            throw corrupt(
                    file,
                    String.valueOf(e.getOriginalMessage()).lines().findFirst().orElse("no JSON"),
                    e);
        } catch (IOException e) {
            throw corrupt(file, String.valueOf(e.getMessage()), e);
        }
    }

    private static ResidualException corrupt(Path file, String reason, @Nullable Exception cause) {
        return new ResidualException(
                Kind.BAD_RUN, file + ": cannot be read (" + reason + "): delete it, and it is trained again", cause);
    }

    /**
     * Keeps a result, whole or not at all.
     *
     * @throws ResidualException of kind BAD_RUN if it cannot be written
     */
    public void save(TrainingResult result) {
        String json;
        try {
            json = MAPPER.writerWithDefaultPrettyPrinter().writeValueAsString(result) + "\n";
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a result that JSON cannot tell: " + result.key(), e);
        }
        OutputFile.write(file(result.key()), json, "is the disk full?");
    }

    private Path file(String key) {
        return directory.resolve(key + ".json");
    }
}
