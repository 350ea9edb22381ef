package io.residual.training;

import io.residual.core.ResNetSpec;
import io.residual.core.ResidualException;
import io.residual.cuda.device.CudaException;
import io.residual.cuda.nvidia.Determinism;
import io.residual.training.TrainingResult.Outcome;
import io.residual.training.config.Monitor;
import io.residual.training.config.Preset;
import io.residual.training.config.StartChoice;
import io.residual.training.config.TrainingSpec;
import io.residual.training.device.DeviceChoice;
import io.residual.training.device.DeviceErrors;
import io.residual.training.device.DeviceOpener;
import io.residual.training.device.TrainingDevice;
import io.residual.training.loop.EpochMetrics;
import io.residual.training.loop.Position;
import io.residual.training.loop.TrainingListener;
import io.residual.training.loop.TrainingLoop;
import io.residual.training.loop.WorkerGroup;
import io.residual.training.network.ComputeKernels;
import io.residual.training.network.KernelChoice;
import io.residual.training.network.Network;
import io.residual.training.optim.LabelWeights;
import io.residual.training.run.Backend;
import io.residual.training.run.ModelFiles;
import io.residual.training.run.RunDatasets;
import io.residual.training.run.RunDirectory;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.Logger;

/**
 * Trains residual networks:
 *
 * <pre>{@code
 * TrainingSpec spec = Preset.resolve("quick", Map.of("epochs", "5")).spec();
 * TrainingResult result = Trainer.of(spec).directory(Path.of("runs/mine")).train(RunDatasets.find(spec.data()));
 * result.best().orElseThrow().validationAccuracy();
 * result.network().probabilities(images);
 * }</pre>
 *
 * <p>With a directory, everything is saved there and an interrupted run of the same spec resumes bit for bit; without one,
 * nothing is written. Trainers are immutable, and can train several times.
 */
public final class Trainer {
    private static final Duration CHECKPOINT_EVERY = Duration.ofMinutes(10);

    // Changed in copies alone, before anybody else sees them.
    TrainingSpec spec;
    private String preset = "spec";
    private KernelChoice kernels = KernelChoice.AUTO;
    private DeviceChoice device = DeviceChoice.AUTO;
    private Determinism determinism = Determinism.DETERMINISTIC;
    private DeviceOpener opener = DeviceOpener.NVIDIA;
    private Optional<WorkerGroup> workers = Optional.empty();
    private Optional<Path> directory = Optional.empty();
    List<String> arguments = List.of();
    Duration checkpointEvery = CHECKPOINT_EVERY;
    private OptionalInt stopAfter = OptionalInt.empty();
    BooleanSupplier stop = () -> false;
    List<TrainingListener> listeners = List.of();

    private Trainer(TrainingSpec spec) {
        this.spec = spec;
    }

    /** Trains by a spec, with the best kernels there are, and writes nothing. */
    public static Trainer of(TrainingSpec spec) {
        return new Trainer(spec);
    }

    /** Trains by the spec of a preset. */
    public static Trainer of(Preset preset) {
        return of(preset.spec()).with(trainer -> trainer.preset = preset.name());
    }

    private Trainer with(Consumer<Trainer> change) {
        Trainer copy = new Trainer(spec);
        copy.preset = preset;
        copy.kernels = kernels;
        copy.device = device;
        copy.determinism = determinism;
        copy.opener = opener;
        copy.workers = workers;
        copy.directory = directory;
        copy.arguments = arguments;
        copy.checkpointEvery = checkpointEvery;
        copy.stopAfter = stopAfter;
        copy.stop = stop;
        copy.listeners = listeners;
        change.accept(copy);
        return copy;
    }

    /** The same with another seed. */
    public Trainer seed(long seed) {
        return with(trainer -> trainer.spec = spec.withSeed(seed));
    }

    /** The same on other kernels, where the CPU trains. */
    public Trainer kernels(KernelChoice choice) {
        return with(trainer -> trainer.kernels = choice);
    }

    /** The same on another device. */
    public Trainer device(DeviceChoice choice) {
        return with(trainer -> trainer.device = choice);
    }

    /** The same, on a GPU with algorithms whose results are the same bits in every run, as is usual, or with the fastest. */
    public Trainer determinism(Determinism choice) {
        return with(trainer -> trainer.determinism = choice);
    }

    /** The same, but workers in other processes take the steps. */
    public Trainer workers(WorkerGroup group) {
        return with(trainer -> trainer.workers = Optional.of(group));
    }

    /** The same, with GPUs that are opened in another way. */
    Trainer opener(DeviceOpener gpus) {
        return with(trainer -> trainer.opener = gpus);
    }

    /**
     * The same, saved in a directory.
     *
     * @param run a new or empty directory, or that of an interrupted run of the same spec and images, which resumes
     */
    public Trainer directory(Path run) {
        return with(trainer -> trainer.directory = Optional.of(run));
    }

    /** The same, with the arguments of a command in the record of the run. */
    public Trainer arguments(List<String> typed) {
        return with(trainer -> trainer.arguments = List.copyOf(typed));
    }

    /**
     * The same with more or fewer checkpoints within an epoch; each epoch ends with one anyway.
     *
     * @param time maximum time between two, above 0
     */
    public Trainer checkpointEvery(Duration time) {
        if (time.isZero() || time.isNegative()) {
            throw new IllegalArgumentException("checkpointEvery must be above 0, got " + time);
        }
        return with(trainer -> trainer.checkpointEvery = time);
    }

    /**
     * The same, ended after an epoch of the schedule; it can be resumed.
     *
     * @param epoch counted from 1
     */
    public Trainer stopAfter(int epoch) {
        if (epoch < 1) {
            throw new IllegalArgumentException("the epoch to stop after is counted from 1, got " + epoch);
        }
        return with(trainer -> trainer.stopAfter = OptionalInt.of(epoch));
    }

    /** The same, saved and ended as soon as the condition holds after a step. */
    public Trainer stopWhen(BooleanSupplier condition) {
        return with(trainer -> trainer.stop = condition);
    }

    /** The same with one more listener. */
    public Trainer listener(TrainingListener listener) {
        return with(trainer -> trainer.listeners =
                Stream.concat(listeners.stream(), Stream.of(listener)).toList());
    }

    /** The name of the preset, for the record of the run. */
    public String preset() {
        return preset;
    }

    /** The kernels that it asks for. */
    public KernelChoice kernels() {
        return kernels;
    }

    /** The device that it asks for. */
    public DeviceChoice device() {
        return device;
    }

    /** The algorithms of a GPU that it asks for. */
    public Determinism determinism() {
        return determinism;
    }

    /** The arguments of a command, for the record of the run. */
    public List<String> arguments() {
        return arguments;
    }

    /** What this trains and how. */
    public TrainingSpec spec() {
        return spec;
    }

    /**
     * Trains, or resumes the run in the directory.
     *
     * @throws ResidualException of kind DIVERGED if the loss becomes NaN or infinite or stays high, BAD_RUN if the directory
     *     holds another run or cannot be written, BAD_DATA if weights to start from cannot be read, NO_BACKEND, NO_DEVICE or
     *     BAD_SETTING if the GPU that is asked for cannot be used or cannot train by the spec, OUT_OF_MEMORY, DEVICE_FAILED
     */
    public TrainingResult train(RunDatasets data) {
        Backend.require();
        ResNetSpec resNet = resNet(data);
        try (TrainingDevice used = open(resNet, data)) {
            return directory.isPresent()
                    ? SavedTraining.run(this, directory.get(), used, resNet, data)
                    : inMemory(used, resNet, data);
        } catch (CudaException e) {
            throw DeviceErrors.of(e);
        }
    }

    private TrainingDevice open(ResNetSpec resNet, RunDatasets data) {
        Optional<ComputeKernels> begun = directory
                .filter(RunDirectory::isStarted)
                .map(RunDirectory::open)
                .flatMap(run -> run.checkpoints(line -> {}).newest())
                .map(stored -> stored.state().kernels());
        return TrainingDevice.open(
                new TrainingDevice.Request(device, determinism, kernels, opener, workers),
                begun,
                spec,
                resNet,
                data.train());
    }

    /** Whether these images are trained on by a GPU. */
    public boolean usesGpu(RunDatasets data) {
        try (TrainingDevice used = open(resNet(data), data)) {
            return used.isGpu();
        }
    }

    /**
     * Fails if training cannot start on these images. Writes nothing.
     *
     * @throws ResidualException of kind BAD_SETTING if settings do not fit the images, BAD_DATA if the weights to start from
     *     cannot be read or do not fit the network
     */
    public void requireFits(RunDatasets data) {
        ResNetSpec resNet = resNet(data);
        if (spec.network().start().startFrom() instanceof StartChoice.Weights) {
            ModelFiles.untrained(spec, resNet, kernels.resolve(), line -> {});
        }
    }

    private ResNetSpec resNet(RunDatasets data) {
        LabelWeights weights = LabelWeights.of(spec.optimisation().imbalance(), data.train());
        return spec.resNet(data.train().channels(), weights.classes());
    }

    private TrainingResult inMemory(TrainingDevice used, ResNetSpec resNet, RunDatasets data) {
        Logger log = LogManager.getLogger(Trainer.class);
        log.info("Device: {}", used.note());
        Network network = ModelFiles.untrained(spec, resNet, used.onCpu(), log::info);
        try (TrainingLoop loop = used.loop(network, spec, data.train(), data.validation())) {
            return inMemory(network, loop);
        }
    }

    private TrainingResult inMemory(Network network, TrainingLoop loop) {
        List<EpochMetrics> history = new ArrayList<>();
        TrainingListener recorder = new TrainingListener() {
            @Override
            public void epochDone(Position at, EpochMetrics metrics) {
                history.add(metrics);
            }
        };
        Position end = loop.train(Position.START, lastEpoch(), listeners(recorder), () -> shouldStop(history));
        loop.executor().useAveragedWeights();
        return new TrainingResult(outcome(end, history), monitor(), end, history, network, Optional.empty());
    }

    /** The last epoch that is trained. */
    int lastEpoch() {
        int epochs = spec.optimisation().epochs();
        return Math.min(epochs, stopAfter.orElse(epochs));
    }

    /** A recorder in front of the listeners. */
    TrainingListener listeners(TrainingListener recorder) {
        return TrainingListener.all(
                Stream.concat(Stream.of(recorder), listeners.stream()).toList());
    }

    /** Whether a run with this history of epochs ends after the current step. */
    boolean shouldStop(List<EpochMetrics> history) {
        return stop.getAsBoolean() || hasStoppedImproving(history);
    }

    private boolean hasStoppedImproving(List<EpochMetrics> history) {
        int patience = spec.optimisation().patience();
        return patience > 0
                && EpochMetrics.best(history, monitor())
                        .filter(best -> history.size() - best.epoch() >= patience)
                        .isPresent();
    }

    Monitor monitor() {
        return spec.optimisation().monitor();
    }

    Outcome outcome(Position end, List<EpochMetrics> history) {
        // A run that was killed between an epoch's metrics and its checkpoint trains that epoch again.
        if (end.steps() == 0 && end.epochs() == history.size() && hasStoppedImproving(history)) {
            return Outcome.STOPPED_EARLY;
        }
        if (end.epochs() < lastEpoch()) {
            return Outcome.INTERRUPTED;
        }
        return end.epochs() < spec.optimisation().epochs() ? Outcome.STOPPED_AFTER_EPOCH : Outcome.COMPLETED;
    }
}
