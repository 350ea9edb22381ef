package io.residual.training.run;

import io.residual.core.ResidualException;
import io.residual.core.ResidualException.Kind;
import io.residual.core.files.AtomicFile;
import io.residual.core.files.FileLock;
import io.residual.core.files.RegularFile;
import io.residual.core.files.Sha256;
import io.residual.training.config.SpecFile;
import io.residual.training.config.TrainingSpec;
import io.residual.training.loop.EpochMetrics;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The directory of one run: {@code spec.yaml}, {@code manifest.json}, {@code metrics.jsonl}, {@code last.safetensors},
 * {@code best.safetensors}, {@code checkpoints} and {@code train.log}. All errors are {@link ResidualException}s of kind BAD_RUN.
 */
public final class RunDirectory {
    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("yyyyMMdd-HHmmss", Locale.ROOT);
    private static final String MANIFEST = "manifest.json";
    private static final int MAX_MANIFEST_BYTES = 1024 * 1024;
    /** For metrics and the log. */
    private static final long TEXT_BYTES = 16L * 1024 * 1024;

    private static final String CHECKPOINTS = "checkpoints";
    /** Of runs and sweeps. */
    private static final Pattern OWN_FILES = Pattern.compile(
            "spec\\.yaml|(manifest|ensemble|summary)\\.json|out-of-fold\\.jsonl|models\\.sha256|images\\.[a-z.]+|label-decisions\\.jsonl|metrics\\.jsonl|train\\.log"
                    + "|(last|best)\\.(safetensors|calibration\\.json)|\\.lock|sweep\\.db(-wal|-shm)?");

    private final Path path;
    /** What making this directory has made, the innermost first. */
    private final List<Path> made;

    private RunDirectory(Path path) {
        this(path, List.of());
    }

    private RunDirectory(Path path, List<Path> made) {
        this.path = path;
        this.made = List.copyOf(made);
    }

    /** Creates {@code <runs>/<preset>-<yyyyMMdd-HHmmss>}, with a number behind it if that is taken. */
    public static RunDirectory createUnder(Path runs, String preset, LocalDateTime start) {
        String name = preset + "-" + TIME.format(start);
        try {
            Files.createDirectories(runs);
        } catch (IOException e) {
            throw DiskErrors.writing(runs, e);
        }
        for (int i = 1; ; i++) {
            Path path = runs.resolve(i == 1 ? name : name + "-" + i);
            try {
                return new RunDirectory(Files.createDirectory(path));
            } catch (FileAlreadyExistsException e) {
                if (i == 1000) {
                    throw DiskErrors.writing(path, e);
                }
            } catch (IOException e) {
                throw DiskErrors.writing(path, e);
            }
        }
    }

    /** Creates a directory, or takes one as it is, whatever it holds. */
    public static RunDirectory takeAt(Path path) {
        List<Path> made = new ArrayList<>();
        Path missing = path.toAbsolutePath();
        while (missing != null && !Files.exists(missing)) {
            made.add(missing);
            missing = missing.getParent();
        }
        if (!Files.exists(path.resolve(FileLock.FILE))) {
            made.add(0, path.resolve(FileLock.FILE));
        }
        try {
            Files.createDirectories(path);
        } catch (IOException e) {
            throw DiskErrors.writing(path, e);
        }
        return new RunDirectory(path, made);
    }

    /** Deletes what {@link #takeAt} and {@link #lock} have made, as far as nothing else is in it: no run was started here. */
    public void abandon() {
        try {
            for (Path each : made) {
                Files.deleteIfExists(each);
            }
        } catch (IOException e) {
            // What cannot be deleted is empty, or somebody else's by now.
        }
    }

    private void requireEmpty() {
        try (Stream<Path> files = Files.list(path)) {
            files.filter(file -> !isFromStarting(file))
                    .map(file -> file.getFileName().toString())
                    .min(String::compareTo)
                    .ifPresent(first -> {
                        throw new ResidualException(
                                Kind.BAD_RUN,
                                path + ": the directory is not empty (it holds " + first
                                        + "), and a run never overwrites: give another run directory");
                    });
        } catch (IOException e) {
            throw DiskErrors.reading(path, e);
        }
    }

    /** What a process that is killed before {@link #start} is over leaves; the manifest comes last. */
    private boolean isFromStarting(Path file) {
        return file.endsWith(FileLock.FILE)
                || file.equals(specFile())
                || file.equals(imagesFile())
                || file.equals(decisionsFile())
                || AtomicFile.isTemporary(file);
    }

    /** Opens the directory of an earlier run, which must have a readable spec and manifest. */
    public static RunDirectory open(Path path) {
        if (!Files.isDirectory(path)) {
            throw new ResidualException(
                    Kind.BAD_RUN,
                    path + (Files.exists(path) ? ": not a directory" : ": there is no such run directory"));
        }
        RunDirectory run = new RunDirectory(path);
        if (EnsembleFile.isIn(path) && !isStarted(path)) {
            throw new ResidualException(
                    Kind.BAD_RUN,
                    path + ": an ensemble whose runs are not finished: repeat the command that trains them");
        }
        if (!Files.exists(run.specFile())) {
            throw new ResidualException(Kind.BAD_RUN, path + ": not a run directory: it has no spec.yaml");
        }
        run.spec();
        run.manifest();
        return run;
    }

    /**
     * Takes the right to write here, which the process must hold from before it looks whether the run {@link #isStarted} until
     * it ends.
     */
    public FileLock lock() {
        try {
            return FileLock.tryAcquire(path)
                    .orElseThrow(() -> new ResidualException(
                            Kind.BAD_RUN,
                            path
                                    + ": another process is training in this directory: wait for it, or give"
                                    + " another run directory"));
        } catch (IOException e) {
            throw DiskErrors.writing(path, e);
        }
    }

    /** Whether a run was started here, by this process or another. */
    public boolean isStarted() {
        return isStarted(path);
    }

    /** Whether a run was started in a directory. */
    public static boolean isStarted(Path directory) {
        return Files.exists(directory.resolve(MANIFEST));
    }

    /** Deletes the parts of files that a killed process has left. */
    public void deleteLeftovers() {
        try {
            AtomicFile.deleteTemporaryFiles(path);
            if (Files.isDirectory(checkpointFolder())) {
                AtomicFile.deleteTemporaryFiles(checkpointFolder());
            }
        } catch (IOException e) {
            throw DiskErrors.writing(path, e);
        }
    }

    /**
     * Writes spec and manifest into a directory that is empty, after a look whether the disk has room for the model: better to fail before training than
     * after.
     */
    public void start(TrainingSpec spec, RunManifest manifest) {
        start(spec, manifest, Optional.empty());
    }

    /** The same for a run whose images are known: those that are files are listed. */
    public void start(TrainingSpec spec, RunManifest manifest, RunDatasets data) {
        start(spec, manifest, ImageList.of(data));
    }

    private void start(TrainingSpec spec, RunManifest manifest, Optional<ImageList> images) {
        long modelBytes = Float.BYTES
                * spec.resNet(
                                manifest.data().channels(),
                                manifest.data().classes().size())
                        .parameters();
        requireEmpty();
        // The last and the best model, and another that is written before it replaces one of them; all checkpoints, and
        // one more that is written before another is deleted, each with about as much of the updater's as of
        // parameters.
        requireSpace((3 + (CheckpointStore.MAX_KEPT + 1) * 2) * modelBytes + TEXT_BYTES);
        describe(spec, manifest, images);
    }

    private void describe(TrainingSpec spec, RunManifest manifest, Optional<ImageList> images) {
        write(
                specFile(),
                "# Resolved configuration: preset " + manifest.preset() + " with command-line overrides\n"
                        + SpecFile.write(spec));
        images.ifPresent(list -> write(imagesFile(), list.text()));
        spec.data().labelDecisions().file().ifPresent(file -> write(decisionsFile(), copyOf(file, manifest)));
        write(manifestFile(), StrictJson.pretty(manifest));
    }

    /**
     * Makes an empty directory that of an ensemble, or checks that it is one of these runs.
     *
     * @param runs names of directories in this one
     */
    public void startEnsemble(List<String> runs) {
        if (isEnsemble()) {
            EnsembleFile.read(path).requireOf(runs, path);
        } else {
            requireEmpty();
            EnsembleFile.of(runs).write(path);
        }
    }

    /** Ends the training of an ensemble: from now on it is used as a run is. */
    public void completeEnsemble(TrainingSpec spec, RunDatasets data) {
        RunManifest first = open(EnsembleFile.read(path).first(path)).manifest();
        describe(spec, first.of(data.origin()), ImageList.of(data));
    }

    /** Whether this stands for several runs, whose probabilities are averaged. */
    public boolean isEnsemble() {
        return EnsembleFile.isIn(path);
    }

    /**
     * The runs whose mean of probabilities this stands for: this run alone, unless it is an ensemble.
     *
     * @throws ResidualException if a run of the ensemble is missing, or takes other images or knows other classes
     */
    public List<RunDirectory> members() {
        return isEnsemble() ? EnsembleFile.read(path).members(this) : List.of(this);
    }

    /** Refuses an ensemble where a single run is needed. */
    public void requireSingle() {
        if (isEnsemble()) {
            EnsembleFile ensemble = EnsembleFile.read(path);
            throw new ResidualException(
                    Kind.BAD_RUN,
                    path + ": an ensemble of " + ensemble.runs().size()
                            + " runs, where a single run is needed: name one" + " of them, such as "
                            + ensemble.first(path) + ", or another run directory");
        }
    }

    /** The reviewers may decide more while the run is trained. */
    private static String copyOf(Path file, RunManifest manifest) {
        LabelDecisions decisions = LabelDecisions.read(file);
        String read = manifest.data().sha256().getOrDefault(LabelDecisions.DIGEST, decisions.sha256());
        if (!decisions.sha256().equals(read)) {
            throw new ResidualException(
                    Kind.BAD_DATA,
                    file + ": changed while the images were read (SHA-256 of the decisions was " + read + ", is now "
                            + decisions.sha256() + "): start again");
        }
        return decisions.text();
    }

    /** The decisions on labels that the run was started with, if there were any. */
    public Optional<LabelDecisions> decisions() {
        return spec().data().labelDecisions().path().map(any -> LabelDecisions.read(decisionsFile()));
    }

    private Path decisionsFile() {
        return path.resolve(LabelDecisions.FILE);
    }

    private Path imagesFile() {
        return path.resolve(ImageList.FILE);
    }

    void requireSpace(long bytes) {
        long free;
        try {
            free = Files.getFileStore(path).getUsableSpace();
        } catch (IOException e) {
            throw DiskErrors.reading(path, e);
        }
        if (free < bytes) {
            throw new ResidualException(
                    Kind.BAD_RUN,
                    String.format(
                            Locale.ROOT,
                            "%s: the run needs about %,d MB of disk, and %,d MB are free: free space, or give another"
                                    + " run directory",
                            path,
                            bytes / 1_000_000,
                            free / 1_000_000));
        }
    }

    private static void write(Path file, String text) {
        try {
            AtomicFile.write(file, text);
        } catch (IOException e) {
            throw DiskErrors.writing(file, e);
        }
    }

    /** The resolved spec of the run. */
    public TrainingSpec spec() {
        return SpecFile.read(specFile(), Kind.BAD_RUN);
    }

    /** Digest of the file that holds the spec, as 64 hex digits. */
    public String specSha256() {
        try {
            return Sha256.of(specFile());
        } catch (IOException e) {
            throw DiskErrors.reading(specFile(), e);
        }
    }

    /** Where the results come from. */
    public RunManifest manifest() {
        Path file = manifestFile();
        if (!Files.exists(file)) {
            throw new ResidualException(Kind.BAD_RUN, path + ": not a run directory: it has no manifest.json");
        }
        try (InputStream in = RegularFile.stream(file)) {
            byte[] bytes = in.readNBytes(MAX_MANIFEST_BYTES + 1);
            if (bytes.length > MAX_MANIFEST_BYTES) {
                throw new ResidualException(Kind.BAD_RUN, file + ": larger than 1 MiB: this is no manifest");
            }
            return StrictJson.read(new String(bytes, StandardCharsets.UTF_8), RunManifest.class);
        } catch (IOException e) {
            throw DiskErrors.reading(file, e);
        } catch (IllegalArgumentException e) {
            throw new ResidualException(Kind.BAD_RUN, file + ": " + e.getMessage(), e);
        }
    }

    /** The metrics of the epochs, to read and to add to. */
    public MetricsLog metrics() {
        return new MetricsLog(path.resolve("metrics.jsonl"));
    }

    /**
     * What a run needs to resume after an interruption.
     *
     * @param damage gets a line for each damaged checkpoint
     */
    public CheckpointStore checkpoints(Consumer<String> damage) {
        return new CheckpointStore(checkpointFolder(), spec().optimisation().monitor(), damage);
    }

    /** Deletes the checkpoints of a run that is not resumed, as far as they can be. */
    public static void deleteCheckpoints(Path run) {
        try (Stream<Path> files = Files.list(run.resolve(CHECKPOINTS))) {
            for (Path file : files.toList()) {
                Files.deleteIfExists(file);
            }
        } catch (IOException e) {
            // There are none, or they cannot be deleted.
        }
    }

    private Path checkpointFolder() {
        return path.resolve(CHECKPOINTS);
    }

    /** Metrics of all epochs so far. */
    public List<EpochMetrics> epochs() {
        return metrics().read();
    }

    /** Where a model is, or will be. */
    public Path modelFile(SavedModel checkpoint) {
        return path.resolve(checkpoint.fileName());
    }

    /** Where the calibration of a model is, or will be. */
    public Path calibrationFile(SavedModel checkpoint) {
        return path.resolve(checkpoint + ".calibration.json");
    }

    /** Where the ranges of a model's activations are, if it was computed in 8-bit integers. */
    public Path rangesFile(SavedModel checkpoint) {
        return path.resolve(checkpoint + ".int8.json");
    }

    /** A model of a run that has one. */
    public Path existingModelFile(SavedModel checkpoint) {
        requireSingle();
        Path file = modelFile(checkpoint);
        if (!Files.isRegularFile(file)) {
            throw new ResidualException(
                    Kind.BAD_RUN,
                    path + ": the run has no " + checkpoint.fileName()
                            + (epochs().isEmpty()
                                    ? ": it ended before its first epoch was over"
                                    : ", which was deleted: resume the run, which restores the model from its"
                                            + " checkpoint"));
        }
        return file;
    }

    /**
     * Whether a file is one that some run or sweep needs, however its path is spelled and through which links it leads.
     *
     * @throws ResidualException if that cannot be found out
     */
    public static boolean owns(Path file) {
        Path real;
        try {
            Path absolute = file.toAbsolutePath();
            Path folder = absolute.resolveSibling("");
            if (Files.exists(absolute)) {
                real = absolute.toRealPath();
            } else if (Files.isDirectory(folder)) {
                real = folder.toRealPath().resolve(String.valueOf(absolute.getFileName()));
            } else {
                return false;
            }
        } catch (IOException e) {
            throw DiskErrors.reading(file, e);
        }
        Path folder = real.resolveSibling("");
        Path above = folder.resolveSibling("");
        String name = String.valueOf(real.getFileName());
        return (isOwner(folder) && OWN_FILES.matcher(name).matches())
                || (isOwner(above) && (folder.endsWith(CHECKPOINTS) || name.equals("trial.yaml")));
    }

    private static boolean isOwner(Path directory) {
        return isStarted(directory) || EnsembleFile.isIn(directory) || Files.exists(directory.resolve("sweep.db"));
    }

    /** Where the log is, or will be. */
    public Path logFile() {
        return path.resolve("train.log");
    }

    /** Where the resolved spec is, or will be. */
    public Path specFile() {
        return path.resolve("spec.yaml");
    }

    Path manifestFile() {
        return path.resolve(MANIFEST);
    }

    public Path path() {
        return path;
    }

    @Override
    public String toString() {
        return path.toString();
    }
}
