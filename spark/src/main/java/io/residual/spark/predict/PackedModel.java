package io.residual.spark.predict;

import io.residual.core.ResidualException;
import io.residual.core.ResidualException.Kind;
import io.residual.core.files.IoErrors;
import io.residual.core.files.Sha256;
import io.residual.evaluation.model.ModelChoice;
import io.residual.training.run.PredictionFiles;
import io.residual.training.run.RunDirectory;
import java.io.IOException;
import java.io.Serializable;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * What another machine needs of a run to predict with its model.
 *
 * @param files their content by their names, relative to the directory of the run, with slashes
 * @param checkpoint which of the weights: {@code last}, {@code best}, or the name of one of the files
 */
public record PackedModel(SortedMap<String, byte[]> files, String checkpoint) implements Serializable {
    private static final String WEIGHTS = "weights.safetensors";
    /** Files of a run, or of the runs of an ensemble, and no way to another directory. */
    private static final Pattern NAME = Pattern.compile("([A-Za-z0-9][A-Za-z0-9_.-]{0,99}/)?[a-z][a-z0-9.]*");

    public PackedModel {
        files = new TreeMap<>(files);
        files.keySet().stream()
                .filter(name -> !NAME.matcher(name).matches())
                .findFirst()
                .ifPresent(name -> {
                    throw new ResidualException(Kind.BAD_RUN, name + ": not the name of a file of a run");
                });
    }

    /**
     * Packs a run, or an ensemble and its runs.
     *
     * @throws ResidualException of kind BAD_RUN if a file is missing or cannot be read
     */
    public static PackedModel of(RunDirectory run, ModelChoice choice) {
        SortedMap<String, byte[]> files = new TreeMap<>();
        Optional<Path> weights =
                choice instanceof ModelChoice.WeightsFile file ? Optional.of(file.path()) : Optional.empty();
        PredictionFiles.of(
                        run, choice instanceof ModelChoice.Saved saved ? Optional.of(saved.model()) : Optional.empty())
                .forEach(
                        file -> files.put(run.path().relativize(file).toString().replace('\\', '/'), content(file)));
        weights.ifPresent(file -> files.put(WEIGHTS, content(file)));
        return new PackedModel(files, weights.isPresent() ? WEIGHTS : choice.toString());
    }

    private static byte[] content(Path file) {
        try {
            return Files.readAllBytes(file);
        } catch (IOException e) {
            throw new ResidualException(Kind.BAD_RUN, file + ": cannot be read (" + IoErrors.reason(e) + ")", e);
        }
    }

    /** Digest of all files and the choice, as 64 hex digits. */
    public String sha256() {
        MessageDigest digest = Sha256.digest();
        digest.update(checkpoint.getBytes(StandardCharsets.UTF_8));
        for (Map.Entry<String, byte[]> file : files.entrySet()) {
            digest.update((file.getKey() + " " + Sha256.of(file.getValue()) + "\n").getBytes(StandardCharsets.UTF_8));
        }
        return Sha256.hex(digest);
    }

    /** Writes the files as a run into a directory. */
    public void writeTo(Path directory) throws IOException {
        for (Map.Entry<String, byte[]> file : files.entrySet()) {
            Path target = directory.resolve(file.getKey());
            Files.createDirectories(target.resolveSibling(""));
            Files.write(target, file.getValue());
        }
    }

    /** Which weights of the run in that directory. */
    public ModelChoice choice(Path directory) {
        return files.containsKey(checkpoint)
                ? new ModelChoice.WeightsFile(directory.resolve(checkpoint))
                : ModelChoice.of(checkpoint);
    }
}
