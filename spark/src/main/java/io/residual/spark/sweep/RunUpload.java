package io.residual.spark.sweep;

import io.residual.core.ResidualException;
import io.residual.core.ResidualException.Kind;
import io.residual.core.files.AtomicFile;
import io.residual.core.files.FileLock;
import io.residual.core.files.IoErrors;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Brings a run's directory to shared storage while a process trains in it. At each moment, what is there can be resumed: the
 * files that describe the run come before checkpoints, and the metrics last.
 */
final class RunUpload {
    /** In the order in which a run that starts writes them. */
    private static final List<String> DESCRIPTION =
            List.of("spec.yaml", "images.jsonl", "label-decisions.jsonl", "manifest.json");

    private final Path run;
    private final StoredRun stored;
    private final Map<String, Version> uploaded = new HashMap<>();

    private record Version(long bytes, FileTime modified) {}

    /** @param run a directory that holds what is stored, and nothing else */
    RunUpload(Path run, StoredRun stored) {
        this.run = run;
        this.stored = stored;
        Stream.concat(names("").stream(), checkpoints().stream())
                .forEach(name -> version(name).ifPresent(version -> uploaded.put(name, version)));
    }

    /** Uploads new checkpoints and epochs. */
    synchronized void uploadProgress() {
        List<String> checkpoints = checkpoints();
        DESCRIPTION.forEach(this::upload);
        checkpoints.forEach(this::upload);
        upload(StoredRun.METRICS);
        deleteOthers(checkpoints);
    }

    /** Uploads all, when no process trains any more. */
    synchronized void uploadAll() {
        List<String> checkpoints = checkpoints();
        DESCRIPTION.forEach(this::upload);
        names("").stream().filter(name -> !name.equals(StoredRun.METRICS)).forEach(this::upload);
        checkpoints.forEach(this::upload);
        upload(StoredRun.METRICS);
        deleteOthers(checkpoints);
    }

    private void upload(String name) {
        version(name).filter(version -> !version.equals(uploaded.get(name))).ifPresent(version -> {
            try {
                stored.storage().put(run.resolve(name), name);
                uploaded.put(name, version);
            } catch (ResidualException e) {
                // Training deletes checkpoints that it does not need any more.
                if (Files.exists(run.resolve(name))) {
                    throw e;
                }
            }
        });
    }

    private void deleteOthers(List<String> checkpoints) {
        Set<String> deleted = new HashSet<>(uploaded.keySet());
        deleted.removeIf(name -> !name.startsWith(StoredRun.CHECKPOINTS + "/") || checkpoints.contains(name));
        deleted.forEach(name -> {
            stored.storage().delete(name);
            uploaded.remove(name);
        });
    }

    private List<String> checkpoints() {
        return names(StoredRun.CHECKPOINTS + "/");
    }

    /** Of the files in a folder of the run, relative to the run and sorted. */
    private List<String> names(String folder) {
        if (!Files.isDirectory(run.resolve(folder))) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(run.resolve(folder))) {
            return files.filter(file -> !file.endsWith(FileLock.FILE) && !AtomicFile.isTemporary(file))
                    .filter(Files::isRegularFile)
                    .map(file -> folder + file.getFileName())
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new ResidualException(Kind.BAD_RUN, run + ": cannot be read: " + IoErrors.reason(e), e);
        }
    }

    private Optional<Version> version(String name) {
        Path file = run.resolve(name);
        try {
            return Optional.of(new Version(Files.size(file), Files.getLastModifiedTime(file)));
        } catch (IOException gone) {
            return Optional.empty();
        }
    }
}
