package io.residual.training.run;

import io.residual.core.ResNetSpec;
import io.residual.core.ResidualException;
import io.residual.core.ResidualException.Kind;
import io.residual.core.files.RegularFile;
import io.residual.core.graph.FrozenStages;
import io.residual.core.safetensors.SafetensorsException;
import io.residual.core.safetensors.SafetensorsFile;
import io.residual.core.weights.PretrainedWeights;
import io.residual.training.config.StartChoice;
import io.residual.training.config.TrainingSpec;
import io.residual.training.network.ComputeKernels;
import io.residual.training.network.Network;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.apache.logging.log4j.LogManager;

/** The networks that runs train and save. */
public final class ModelFiles {
    /** The metadata of a model file that has the names of the classes, a JSON array in the order of the labels. */
    public static final String CLASSES = "classes";

    /** Of half precision. */
    private static final int MIN_WEIGHT_BYTES = 2;

    private ModelFiles() {}

    /**
     * A network as it is before the first step of a run: its weights are those of {@code startFrom}, or {@link
     * TrainingSpec#seed} draws them.
     *
     * @param log gets a line about where weights come from, and which are new
     * @throws ResidualException of kind BAD_DATA if the file to start from is missing, or does not fit the network
     */
    public static Network untrained(
            TrainingSpec spec, ResNetSpec resNet, ComputeKernels kernels, Consumer<String> log) {
        Network network = initial(spec, resNet, kernels);
        if (spec.network().start().startFrom() instanceof StartChoice.Weights weights) {
            log.accept(startFrom(Path.of(weights.path()), network));
        }
        return network;
    }

    private static String startFrom(Path file, Network network) {
        if (!Files.isReadable(file)) {
            throw new ResidualException(
                    Kind.BAD_DATA, "startFrom: " + file + " does not exist or cannot be read: name another file");
        }
        try {
            PretrainedWeights.Outcome outcome = network.startFrom(file);
            return "Starting from " + file + ": " + outcome.loaded() + " tensors"
                    + (outcome.notLoaded().isEmpty() ? "" : "; new are " + String.join(", ", outcome.notLoaded()))
                    + outcome.notes().stream().map(note -> "; " + note).collect(Collectors.joining());
        } catch (SafetensorsException e) {
            String reason = String.valueOf(e.getMessage());
            throw new ResidualException(
                    Kind.BAD_DATA,
                    "startFrom: " + (reason.startsWith(file + ": ") ? reason : file + ": " + reason)
                            + "; family, depth, flavour and width must be those of the file's network",
                    e);
        } catch (IOException e) {
            throw DiskErrors.reading(file, e);
        }
    }

    /**
     * A network whose weights the seed has drawn, ready to take those of a checkpoint; what the spec freezes is frozen.
     */
    public static Network initial(TrainingSpec spec, ResNetSpec network, ComputeKernels kernels) {
        Optional<FrozenStages> frozen =
                spec.network().start().freezeUpTo().map(last -> new FrozenStages(last.stages()));
        return Network.initial(
                network, spec.seed(), kernels, spec.optimisation().precision(), frozen);
    }

    /** Saves the weights of an epoch, with the names of the classes, in place of the checkpoint's earlier ones, whole or not at all. */
    public static void save(RunDirectory run, SavedModel checkpoint, Network network) {
        Path file = run.modelFile(checkpoint);
        ModelDigests digests = new ModelDigests(run);
        AtomicReference<String> written = new AtomicReference<>("");
        try {
            network.writer(metadata(run)).writeNamed(run.path(), sha256 -> {
                written.set(sha256);
                digests.announce(file, sha256);
                return checkpoint.fileName();
            });
            digests.settle(file, Objects.requireNonNull(written.get()));
        } catch (IOException e) {
            throw DiskErrors.writing(file, e);
        }
    }

    /**
     * What a model file says about itself: the names of the classes, and where the model comes from. Nothing in it differs
     * between two runs that must give the same file.
     */
    private static Map<String, String> metadata(RunDirectory run) {
        RunManifest manifest = run.manifest();
        Versions versions = manifest.versions();
        Map<String, String> metadata = new TreeMap<>();
        metadata.put(CLASSES, StrictJson.line(manifest.data().classes()));
        metadata.put("run.spec.sha256", run.specSha256());
        metadata.put("run.seed", String.valueOf(manifest.seed()));
        metadata.put("run.version", versions.residual() + ", commit " + versions.commit());
        metadata.put("run.deeplearning4j", versions.deeplearning4j());
        manifest.data().sha256().forEach((name, digest) -> metadata.put("data.sha256." + name, digest));
        return metadata;
    }

    /** Whether a run has a model, and it is the one that was saved, as far as is known. */
    public static boolean isIntact(RunDirectory run, SavedModel checkpoint) {
        Path file = run.modelFile(checkpoint);
        ModelDigests digests = new ModelDigests(run);
        if (!Files.isRegularFile(file) || !digests.matches(file)) {
            return false;
        }
        try {
            return digests.has(file) || !SafetensorsFile.read(file).names().isEmpty();
        } catch (IOException e) {
            return false;
        }
    }

    /**
     * The network of a run with the weights of a checkpoint, ready for inference.
     *
     * @throws ResidualException of kind BAD_RUN if there is no such file, it is not the one that was saved, or does not fit
     *     the run's spec
     */
    public static Network load(RunDirectory run, SavedModel checkpoint, ComputeKernels kernels) {
        return load(run, run.existingModelFile(checkpoint), kernels);
    }

    /** The network of a run with the weights of any file that has the run's own tensor names, with the same errors. */
    public static Network load(RunDirectory run, Path file, ComputeKernels kernels) {
        requireAsSaved(run, file);
        DataOrigin data = run.manifest().data();
        TrainingSpec spec = run.spec();
        ResNetSpec resNet = spec.resNet(data.channels(), data.classes().size());
        requireSize(file, resNet);
        // Not frozen, whatever training froze: frozen layers have no gradients to explain by, and no counterpart to
        // export.
        Network network = Network.initial(
                resNet, spec.seed(), kernels, spec.optimisation().precision(), Optional.empty());
        try {
            network.read(file)
                    .forEach(note -> LogManager.getLogger(ModelFiles.class).warn("{}: {}", file, note));
        } catch (SafetensorsException e) {
            throw new ResidualException(Kind.BAD_RUN, String.valueOf(e.getMessage()), e);
        } catch (IOException e) {
            throw DiskErrors.reading(file, e);
        }
        return network;
    }

    private static void requireAsSaved(RunDirectory run, Path file) {
        Path directory = file.toAbsolutePath().normalize().getParent();
        if (run.path().toAbsolutePath().normalize().equals(directory) && !new ModelDigests(run).matches(file)) {
            throw new ResidualException(
                    Kind.BAD_RUN,
                    file + ": is damaged: its SHA-256 is not the one in " + ModelDigests.FILE
                            + ": resume the run, which restores the model from its checkpoint");
        }
    }

    /** Before a network is made: a manifest or a spec that asks for a huge one does not come with its weights. */
    private static void requireSize(Path file, ResNetSpec network) {
        try {
            RegularFile.require(file);
            if (!file.toString().endsWith(".json") && Files.size(file) < MIN_WEIGHT_BYTES * network.parameters()) {
                throw new ResidualException(
                        Kind.BAD_RUN,
                        String.format(
                                Locale.ROOT,
                                "%s: %,d bytes cannot hold the %,d parameters of the run's network: it is of another"
                                        + " run, or cut",
                                file,
                                Files.size(file),
                                network.parameters()));
            }
        } catch (IOException e) {
            throw DiskErrors.reading(file, e);
        }
    }
}
