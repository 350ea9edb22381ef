package io.residual.training.run;

import io.residual.core.ResidualException;
import io.residual.core.ResidualException.Kind;
import io.residual.core.files.AtomicFile;
import io.residual.core.files.RegularFile;
import io.residual.core.files.Sha256;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The digests of a run's model files, in {@value #FILE}, which {@code sha256sum -c} reads, too. A model that is about to be
 * replaced has two lines until it is: a process that is killed between leaves one of the two.
 */
final class ModelDigests {
    static final String FILE = "models.sha256";

    /** More than the lines of two models that are being replaced. */
    private static final int MAX_BYTES = 1024;

    private static final Pattern LINE = Pattern.compile("[0-9a-f]{64} {2}(last|best)\\.safetensors");

    private final Path file;

    ModelDigests(RunDirectory run) {
        this.file = run.path().resolve(FILE);
    }

    /** Notes that a model file will have a digest; it may still have another one. */
    void announce(Path model, String sha256) throws IOException {
        write(line -> !line.equals(line(model, sha256)), line(model, sha256));
    }

    /** Notes that a model file has a digest. */
    void settle(Path model, String sha256) throws IOException {
        write(line -> !isOf(line, model), line(model, sha256));
    }

    private void write(Predicate<String> kept, String added) throws IOException {
        List<String> lines = Stream.concat(lines().stream().filter(kept), Stream.of(added))
                .sorted()
                .toList();
        AtomicFile.write(file, String.join("\n", lines) + "\n");
    }

    /** Whether there is a digest of the model: runs of release 0.1 have none, nor has a run before its first epoch ends. */
    boolean has(Path model) {
        try {
            return lines().stream().anyMatch(line -> isOf(line, model));
        } catch (IOException e) {
            throw DiskErrors.reading(file, e);
        }
    }

    /** Whether a model file is what was written, as far as is known. */
    boolean matches(Path model) {
        try {
            List<String> lines = lines();
            List<String> before;
            // Another process may be replacing the model.
            do {
                before = lines;
                if (lines.stream().noneMatch(line -> isOf(line, model))
                        || (Files.isRegularFile(model) && lines.contains(line(model, Sha256.of(model))))) {
                    return true;
                }
                lines = lines();
            } while (!lines.equals(before));
            return false;
        } catch (NoSuchFileException e) {
            return false;
        } catch (IOException e) {
            throw DiskErrors.reading(model, e);
        }
    }

    private List<String> lines() throws IOException {
        if (!Files.isRegularFile(file)) {
            return List.of();
        }
        List<String> lines = new ArrayList<>();
        byte[] content;
        try (InputStream in = RegularFile.stream(file)) {
            content = in.readNBytes(MAX_BYTES);
        }
        for (String line : new String(content, StandardCharsets.UTF_8).lines().toList()) {
            if (!LINE.matcher(line).matches()) {
                throw new ResidualException(
                        Kind.BAD_RUN,
                        file
                                + ": expected lines of a SHA-256 and last.safetensors or best.safetensors: was the"
                                + " file changed? Without it, the models are used as they are");
            }
            lines.add(line);
        }
        return lines;
    }

    private static boolean isOf(String line, Path model) {
        return line.endsWith("  " + model.getFileName());
    }

    private static String line(Path model, String sha256) {
        return sha256 + "  " + model.getFileName();
    }
}
