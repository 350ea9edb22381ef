package io.residual.training.run;

import io.residual.core.ResidualException;
import io.residual.core.ResidualException.Kind;
import io.residual.core.files.Sha256;
import io.residual.core.safetensors.SafetensorsFile;
import io.residual.core.safetensors.SafetensorsTensor;
import io.residual.core.safetensors.SafetensorsWriter;
import io.residual.training.config.Monitor;
import io.residual.training.loop.Position;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The checkpoints of a run, each one safetensors file named {@code <number>-<SHA-256 of the file>.safetensors}: the arrays
 * that decide the next steps, and in the metadata a {@link TrainingState}. A file is written atomically, and
 * verified before it is used. The newest {@value #NEWEST} are kept, and the one of the best epoch. The process must hold the
 * {@link io.residual.core.files.FileLock}. All errors are {@link ResidualException}s of kind BAD_RUN.
 */
public final class CheckpointStore {
    private static final int NEWEST = 3;

    /** The newest and the best. */
    public static final int MAX_KEPT = NEWEST + 1;

    private static final String STATE = "state";
    private static final Pattern NAME = Pattern.compile("(\\d{6,18})-([0-9a-f]{64})\\.safetensors");

    private final Path directory;
    private final Monitor monitor;
    private final Consumer<String> damage;

    /**
     * A store in a directory.
     *
     * @param monitor what says which epoch is best
     * @param damage gets a line for each damaged file
     */
    CheckpointStore(Path directory, Monitor monitor, Consumer<String> damage) {
        this.directory = directory;
        this.monitor = monitor;
        this.damage = damage;
    }

    /** A checkpoint that was verified. */
    public record Stored(Path file, TrainingState state, SafetensorsFile arrays) {
        /**
         * Assigns the stored arrays to others.
         *
         * @param live of the same names and shapes
         */
        public void restore(Map<String, INDArray> live) {
            if (!arrays.names().equals(live.keySet())) {
                throw new ResidualException(
                        Kind.BAD_RUN,
                        file + ": holds the arrays " + arrays.names() + ", but the run needs "
                                + new TreeSet<>(live.keySet()) + ": was it written by another version?");
            }
            try {
                for (Map.Entry<String, INDArray> entry : live.entrySet()) {
                    INDArray array = entry.getValue();
                    SafetensorsTensor stored = arrays.tensor(entry.getKey()).ofShape(array.shape());
                    array.assign(array.dataType() == DataType.FLOAT ? stored.toFiniteFloats() : stored.toArray());
                }
            } catch (IOException e) {
                throw DiskErrors.reading(file, e);
            }
        }
    }

    /** A file that has the name of a checkpoint. */
    private record Named(Path file, long number, String sha256) {}

    /**
     * Saves a checkpoint, and then deletes those that are no longer needed.
     *
     * @param arrays all finite
     */
    public void save(TrainingState state, Map<String, INDArray> arrays) {
        try {
            Files.createDirectories(directory);
            long number =
                    newestFirst().stream().mapToLong(Named::number).findFirst().orElse(0) + 1;
            SafetensorsWriter writer = new SafetensorsWriter().metadata(STATE, StrictJson.line(state));
            arrays.forEach(writer::array);
            writer.writeNamed(directory, sha256 -> String.format(Locale.ROOT, "%06d-%s.safetensors", number, sha256));
            prune();
        } catch (IOException e) {
            throw DiskErrors.writing(directory, e);
        }
    }

    /**
     * The newest checkpoint that is intact; each newer one that is not is reported.
     *
     * @return nothing if there are no checkpoints
     * @throws ResidualException if there are some and none is intact; nothing is deleted
     */
    public Optional<Stored> newest() {
        ResidualException error = null;
        for (Named named : newestFirst()) {
            try {
                return Optional.of(read(named));
            } catch (ResidualException e) {
                damage.accept(e.getMessage() + "; looking at the checkpoint before it");
                error = e;
            }
        }
        if (error != null) {
            throw new ResidualException(
                    Kind.BAD_RUN,
                    directory + ": none of the checkpoints is intact, the oldest: " + error.getMessage()
                            + "; nothing was deleted: restore a file, or train in another run directory",
                    error);
        }
        return Optional.empty();
    }

    /** The newest intact checkpoint of the end of an epoch, counted from 1, if one is left. */
    public Optional<Stored> endOf(int epoch) {
        for (Named named : newestFirst()) {
            try {
                Stored stored = read(named);
                Position at = stored.state().position();
                if (at.epochs() == epoch && at.steps() == 0) {
                    return Optional.of(stored);
                }
            } catch (ResidualException e) {
                damage.accept(e.getMessage() + "; looking at the checkpoint before it");
            }
        }
        return Optional.empty();
    }

    private static Stored read(Named named) {
        Path file = named.file();
        try {
            if (!Sha256.of(file).equals(named.sha256())) {
                throw new ResidualException(
                        Kind.BAD_RUN,
                        file + ": is corrupt or cut: it has " + Files.size(file)
                                + " bytes, and its SHA-256 is not the one in its name");
            }
            return new Stored(file, state(file), SafetensorsFile.read(file));
        } catch (IOException e) {
            throw DiskErrors.reading(file, e);
        }
    }

    private static TrainingState state(Path file) throws IOException {
        try {
            return StrictJson.read(SafetensorsFile.readMetadata(file).getOrDefault(STATE, ""), TrainingState.class);
        } catch (IllegalArgumentException e) {
            throw new ResidualException(Kind.BAD_RUN, file + ": " + e.getMessage(), e);
        }
    }

    /** Deletes what is neither among the newest nor the best. A damaged file does not count, and stays. */
    private void prune() {
        int newest = 0;
        boolean bestIsKept = false;
        for (Named named : newestFirst()) {
            try {
                boolean best = state(named.file()).endsBestEpoch(monitor) && !bestIsKept;
                bestIsKept |= best;
                newest++;
                if (newest > NEWEST && !best) {
                    Files.delete(named.file());
                }
            } catch (ResidualException | IOException e) {
                // Damage was reported when the run started; what cannot be deleted now may be after the next save.
            }
        }
    }

    private List<Named> newestFirst() {
        if (!Files.isDirectory(directory)) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(directory)) {
            return files.flatMap(file -> named(file).stream())
                    .sorted(Comparator.comparingLong(Named::number).reversed())
                    .toList();
        } catch (IOException e) {
            throw DiskErrors.reading(directory, e);
        }
    }

    private static Optional<Named> named(Path file) {
        Matcher name = NAME.matcher(String.valueOf(file.getFileName()));
        return name.matches()
                ? Optional.of(new Named(file, Long.parseLong(name.group(1)), name.group(2)))
                : Optional.empty();
    }
}
