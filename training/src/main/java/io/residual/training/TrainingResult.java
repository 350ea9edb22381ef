package io.residual.training;

import io.residual.training.config.Monitor;
import io.residual.training.loop.EpochMetrics;
import io.residual.training.loop.Position;
import io.residual.training.network.Network;
import io.residual.training.run.RunDirectory;
import java.util.List;
import java.util.Optional;

/**
 * The result of {@link Trainer#train}.
 *
 * @param outcome why training ended
 * @param monitor what makes an epoch better
 * @param end where training ended
 * @param history metrics of all finished epochs, in order; those of earlier processes included
 * @param network as it is at the end, with averaged weights if the spec asks for them
 * @param directory of the run, if it has one
 */
public record TrainingResult(
        Outcome outcome,
        Monitor monitor,
        Position end,
        List<EpochMetrics> history,
        Network network,
        Optional<RunDirectory> directory) {
    /** Why training ended. */
    public enum Outcome {
        /** All epochs are finished. */
        COMPLETED,
        /** No epoch was better for the patience of the spec. */
        STOPPED_EARLY,
        /** The epoch to stop after is finished; the run can be resumed. */
        STOPPED_AFTER_EPOCH,
        /** The caller asked to stop; a run with a directory is saved and can be resumed. */
        INTERRUPTED
    }

    public TrainingResult {
        history = List.copyOf(history);
    }

    /** The best epoch by the monitored metric, the first of equals; none if no epoch is finished. */
    public Optional<EpochMetrics> best() {
        return EpochMetrics.best(history, monitor);
    }

    /** The last finished epoch, if there is one. */
    public Optional<EpochMetrics> last() {
        return history.isEmpty() ? Optional.empty() : Optional.of(history.get(history.size() - 1));
    }
}
