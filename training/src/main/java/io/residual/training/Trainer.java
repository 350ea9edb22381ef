package io.residual.training;

import io.residual.core.ResNetSpec;
import io.residual.core.ResidualException;
import io.residual.core.ResidualException.Kind;
import io.residual.training.TrainingResult.Outcome;
import io.residual.training.config.Preset;
import io.residual.training.config.TrainingSpec;
import io.residual.training.loop.EarlyStopping;
import io.residual.training.loop.EpochMetrics;
import io.residual.training.loop.Position;
import io.residual.training.loop.TrainingListener;
import io.residual.training.loop.TrainingLoop;
import io.residual.training.network.ComputeKernels;
import io.residual.training.network.KernelChoice;
import io.residual.training.network.Network;
import io.residual.training.run.Backend;
import io.residual.training.run.ModelFiles;
import io.residual.training.run.RunDatasets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.apache.logging.log4j.LogManager;

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
 *
 * @param spec what is trained and how
 * @param preset name for the record of the run
 * @param directory of the run: a new or empty one, or that of an interrupted run of the same spec and images
 * @param arguments of the command, for the record of the run
 * @param checkpointEvery maximum time between two checkpoints within an epoch, above 0; each epoch ends with one anyway
 * @param stopAfter epoch, counted from 1, after which training ends and can be resumed
 * @param stop asked after every step; training is saved and ends when it is true
 */
public record Trainer(
        TrainingSpec spec,
        String preset,
        KernelChoice kernels,
        Optional<Path> directory,
        List<String> arguments,
        Duration checkpointEvery,
        OptionalInt stopAfter,
        BooleanSupplier stop,
        List<TrainingListener> listeners) {
    private static final Duration CHECKPOINT_EVERY = Duration.ofMinutes(10);

    public Trainer {
        arguments = List.copyOf(arguments);
        listeners = List.copyOf(listeners);
        if (checkpointEvery.isZero() || checkpointEvery.isNegative()) {
            throw new IllegalArgumentException("checkpointEvery must be above 0, got " + checkpointEvery);
        }
        if (stopAfter.isPresent() && stopAfter.getAsInt() < 1) {
            throw new ResidualException(
                    Kind.BAD_SETTING, "the epoch to stop after is counted from 1, got " + stopAfter.getAsInt());
        }
    }

    /** Trains by a spec, with the best kernels there are, and writes nothing. */
    public static Trainer of(TrainingSpec spec) {
        return new Trainer(
                spec,
                "spec",
                KernelChoice.AUTO,
                Optional.empty(),
                List.of(),
                CHECKPOINT_EVERY,
                OptionalInt.empty(),
                () -> false,
                List.of());
    }

    /** Trains by the spec of a preset. */
    public static Trainer of(Preset preset) {
        return of(preset.spec()).named(preset.name());
    }

    private Trainer named(String name) {
        return new Trainer(spec, name, kernels, directory, arguments, checkpointEvery, stopAfter, stop, listeners);
    }

    /** The same with another seed. */
    public Trainer seed(long seed) {
        return new Trainer(
                spec.withSeed(seed),
                preset,
                kernels,
                directory,
                arguments,
                checkpointEvery,
                stopAfter,
                stop,
                listeners);
    }

    /** The same on other kernels. */
    public Trainer kernels(KernelChoice choice) {
        return new Trainer(spec, preset, choice, directory, arguments, checkpointEvery, stopAfter, stop, listeners);
    }

    /** The same, saved in a directory. */
    public Trainer directory(Path run) {
        return new Trainer(
                spec, preset, kernels, Optional.of(run), arguments, checkpointEvery, stopAfter, stop, listeners);
    }

    /** The same, with the arguments of a command in the record of the run. */
    public Trainer arguments(List<String> typed) {
        return new Trainer(spec, preset, kernels, directory, typed, checkpointEvery, stopAfter, stop, listeners);
    }

    /** The same with more or fewer checkpoints within an epoch. */
    public Trainer checkpointEvery(Duration time) {
        return new Trainer(spec, preset, kernels, directory, arguments, time, stopAfter, stop, listeners);
    }

    /** The same, ended after an epoch of the schedule. */
    public Trainer stopAfter(int epoch) {
        return new Trainer(
                spec, preset, kernels, directory, arguments, checkpointEvery, OptionalInt.of(epoch), stop, listeners);
    }

    /** The same, ended as soon as the condition holds after a step. */
    public Trainer stopWhen(BooleanSupplier condition) {
        return new Trainer(
                spec, preset, kernels, directory, arguments, checkpointEvery, stopAfter, condition, listeners);
    }

    /** The same with one more listener. */
    public Trainer listener(TrainingListener listener) {
        return new Trainer(
                spec,
                preset,
                kernels,
                directory,
                arguments,
                checkpointEvery,
                stopAfter,
                stop,
                Stream.concat(listeners.stream(), Stream.of(listener)).toList());
    }

    /**
     * Trains, or resumes the run in the directory.
     *
     * @throws ResidualException of kind DIVERGED if the loss becomes NaN or infinite or stays high, BAD_RUN if the directory
     *     holds another run or cannot be written, BAD_DATA if weights to start from cannot be read, NO_BACKEND
     */
    public TrainingResult train(RunDatasets data) {
        Backend.require();
        ComputeKernels used = kernels.resolve();
        ResNetSpec resNet =
                spec.resNet(data.train().channels(), data.train().classNames().size());
        return directory.isPresent()
                ? SavedTraining.run(this, directory.get(), used, resNet, data)
                : inMemory(used, resNet, data);
    }

    private TrainingResult inMemory(ComputeKernels used, ResNetSpec resNet, RunDatasets data) {
        Network network = ModelFiles.begin(spec, resNet, used, LogManager.getLogger(Trainer.class)::info);
        TrainingLoop loop = TrainingLoop.of(network, spec, data.train(), data.validation());
        List<EpochMetrics> history = new ArrayList<>();
        TrainingListener recorder = new TrainingListener() {
            @Override
            public void epochDone(Position at, EpochMetrics metrics) {
                history.add(metrics);
            }
        };
        EarlyStopping earlyStopping = earlyStopping();
        Position end = loop.train(
                Position.START,
                lastEpoch(),
                TrainingListener.all(
                        Stream.concat(Stream.of(recorder), listeners.stream()).toList()),
                () -> stop.getAsBoolean() || earlyStopping.isDue(history));
        loop.executor().useAveragedWeights();
        return new TrainingResult(outcome(end, history), end, history, network, Optional.empty());
    }

    /** The last epoch that is trained. */
    int lastEpoch() {
        int epochs = spec.optimisation().epochs();
        return Math.min(epochs, stopAfter.orElse(epochs));
    }

    EarlyStopping earlyStopping() {
        return new EarlyStopping(spec.optimisation().patience());
    }

    Outcome outcome(Position end, List<EpochMetrics> history) {
        // A run that was killed between an epoch's metrics and its checkpoint trains that epoch again.
        if (end.steps() == 0
                && end.epochs() == history.size()
                && earlyStopping().isDue(history)) {
            return Outcome.STOPPED_EARLY;
        }
        if (end.epochs() < lastEpoch()) {
            return Outcome.INTERRUPTED;
        }
        return end.epochs() < spec.optimisation().epochs() ? Outcome.STOPPED_AFTER_EPOCH : Outcome.COMPLETED;
    }
}
