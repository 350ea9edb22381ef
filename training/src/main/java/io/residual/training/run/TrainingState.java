package io.residual.training.run;

import io.residual.training.config.Monitor;
import io.residual.training.loop.EpochMetrics;
import io.residual.training.loop.Position;
import io.residual.training.network.ComputeKernels;
import java.util.List;
import java.util.Optional;

/**
 * What decides how a run resumes, besides the arrays of its checkpoint.
 *
 * @param format of checkpoints, {@value #FORMAT}
 * @param specSha256 digest of the run's {@code spec.yaml}
 * @param kernels that computed the arrays, whose order they decide
 * @param position where the run stands
 * @param rollbacks of release 0.1, which could halve the learning rate when a run diverged: none, since a run that has some
 *     cannot be resumed
 * @param history metrics of all finished epochs, in order
 */
public record TrainingState(
        int format,
        String specSha256,
        ComputeKernels kernels,
        Position position,
        List<Object> rollbacks,
        List<EpochMetrics> history) {
    /** Grows when an older program could no longer resume from a checkpoint. */
    public static final int FORMAT = 1;

    public TrainingState {
        if (format != FORMAT) {
            throw new IllegalArgumentException("format " + format + " is not read, only format " + FORMAT
                    + ": use the program that wrote the run");
        }
        if (!rollbacks.isEmpty()) {
            throw new IllegalArgumentException(
                    "the run was continued at a lower rate after it diverged, as release 0.1 could:"
                            + " start another run with a lower learning rate");
        }
        rollbacks = List.of();
        history = List.copyOf(history);
        if (history.size() != position.epochs()) {
            throw new IllegalArgumentException(
                    "the history has " + history.size() + " epochs, but " + position.epochs() + " are over");
        }
    }

    /** A run before its first step. */
    public static TrainingState initial(String specSha256, ComputeKernels kernels) {
        return new TrainingState(FORMAT, specSha256, kernels, Position.START, List.of(), List.of());
    }

    /** This run at a later position. */
    public TrainingState at(Position position, List<EpochMetrics> history) {
        return new TrainingState(format, specSha256, kernels, position, rollbacks, history);
    }

    /** Whether the arrays are those of the end of the best epoch by a metric. */
    public boolean endsBestEpoch(Monitor monitor) {
        return position.steps() == 0
                && EpochMetrics.best(history, monitor).map(EpochMetrics::epoch).equals(Optional.of(position.epochs()));
    }
}
