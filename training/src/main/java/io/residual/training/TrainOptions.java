package io.residual.training;

import io.residual.core.ResidualException;
import io.residual.core.ResidualException.Kind;
import io.residual.training.network.KernelChoice;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.TimeUnit;

/**
 * How a command runs what a spec describes. None of it changes what a run that does not diverge computes.
 *
 * @param kernels that compute the network
 * @param directory of the run; a new one under {@code runs} if empty
 * @param checkpointEvery most time between two checkpoints within an epoch, above 0; each epoch ends with one anyway
 * @param stopAfter epoch, counted from 1, after which the command ends and the run can go on
 * @param onDivergence what to do then
 */
public record TrainOptions(
        KernelChoice kernels,
        Optional<Path> directory,
        Duration checkpointEvery,
        OptionalInt stopAfter,
        OnDivergence onDivergence) {
    public static final Duration CHECKPOINT_EVERY = Duration.ofMinutes(10);

    private static final double LEAST_MINUTES = 1e-6;
    private static final double MOST_MINUTES = 1e6;

    public TrainOptions {
        if (checkpointEvery.isZero() || checkpointEvery.isNegative()) {
            throw new IllegalArgumentException("checkpointEvery must be above 0, got " + checkpointEvery);
        }
        if (stopAfter.isPresent() && stopAfter.getAsInt() < 1) {
            throw new ResidualException(
                    Kind.BAD_SETTING, "--stop-after: expected an epoch, counted from 1, got " + stopAfter.getAsInt());
        }
    }

    /**
     * A time between checkpoints.
     *
     * @throws ResidualException of kind BAD_SETTING if the number is not from 1e-6 to 1e6
     */
    public static Duration minutes(double minutes) {
        if (!(minutes >= LEAST_MINUTES && minutes <= MOST_MINUTES)) {
            throw new ResidualException(
                    Kind.BAD_SETTING, "--checkpoint-minutes: expected a number from 1e-6 to 1e6, got " + minutes);
        }
        return Duration.ofNanos(Math.round(minutes * TimeUnit.MINUTES.toNanos(1)));
    }

    /** The same for a run in another directory. */
    TrainOptions withDirectory(Optional<Path> other) {
        return new TrainOptions(kernels, other, checkpointEvery, stopAfter, onDivergence);
    }

    /** The defaults of the command. */
    public static TrainOptions of(KernelChoice kernels, Optional<Path> directory) {
        return new TrainOptions(kernels, directory, CHECKPOINT_EVERY, OptionalInt.empty(), OnDivergence.STOP);
    }
}
