package io.residual.training.run;

import io.residual.training.loop.Position;
import io.residual.training.network.ComputeKernels;
import java.util.List;
import java.util.Optional;

/**
 * What decides how a run goes on, beside the arrays of its checkpoint.
 *
 * @param format of checkpoints, {@value #FORMAT}
 * @param specSha256 digest of the run's {@code spec.yaml}
 * @param kernels that computed the arrays, whose order they decide
 * @param position where the run stands
 * @param rollbacks in order
 * @param history metrics of all epochs that are over, in order
 */
public record TrainingState(
        int format,
        String specSha256,
        ComputeKernels kernels,
        Position position,
        List<Rollback> rollbacks,
        List<EpochMetrics> history) {
    /** Grows when an older program could no longer go on from a checkpoint. */
    public static final int FORMAT = 1;

    public TrainingState {
        if (format != FORMAT) {
            throw new IllegalArgumentException("format " + format + " is not read, only format " + FORMAT
                    + ": use the program that wrote the run");
        }
        rollbacks = List.copyOf(rollbacks);
        history = List.copyOf(history);
        if (history.size() != position.epochs()) {
            throw new IllegalArgumentException(
                    "the history has " + history.size() + " epochs, but " + position.epochs() + " are over");
        }
    }

    /**
     * That a run went back because it diverged.
     *
     * @param diverged the iteration, counted from 1, at which it was noticed
     * @param backTo iterations of the checkpoint that the run went back to
     * @param rateFactor of all learning rates from then on, above 0, at most 1
     */
    public record Rollback(long diverged, long backTo, double rateFactor) {
        public Rollback {
            if (!(rateFactor > 0 && rateFactor <= 1)) {
                throw new IllegalArgumentException("rateFactor must be above 0, at most 1, got " + rateFactor);
            }
        }
    }

    /** A run before its first step. */
    public static TrainingState initial(String specSha256, ComputeKernels kernels) {
        return new TrainingState(FORMAT, specSha256, kernels, Position.START, List.of(), List.of());
    }

    /** This run further on. */
    public TrainingState at(Position position, List<EpochMetrics> history) {
        return new TrainingState(format, specSha256, kernels, position, rollbacks, history);
    }

    /**
     * This state, gone back to because what followed diverged.
     *
     * @param rollbacks all of the run, those after this state included
     */
    public TrainingState afterRollbacks(List<Rollback> rollbacks) {
        return new TrainingState(format, specSha256, kernels, position, rollbacks, history);
    }

    /** By which the learning rates of the spec are multiplied, above 0, at most 1. */
    public double rateFactor() {
        return rollbacks.isEmpty() ? 1 : rollbacks.get(rollbacks.size() - 1).rateFactor();
    }

    /** The epoch with the highest validation accuracy, the first of equals; none before the first is over. */
    public Optional<EpochMetrics> best() {
        // Stream.max would take the last of equals.
        return history.stream()
                .reduce((best, next) -> next.validationAccuracy() > best.validationAccuracy() ? next : best);
    }

    /** Whether the arrays are those of the best epoch's end. */
    public boolean endsBestEpoch() {
        return position.steps() == 0 && best().map(EpochMetrics::epoch).equals(Optional.of(position.epochs()));
    }
}
