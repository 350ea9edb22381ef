package io.residual.laboratory.gradients;

import io.residual.laboratory.experiments.training.StudiedNetwork;
import java.util.List;

/**
 * A network along its training.
 *
 * @param snapshots in the order of time, the first one at the start
 * @param losses of the steps, in nats
 * @param divergence how its training diverged; empty if it did not
 */
public record Trajectory(StudiedNetwork subject, List<Snapshot> snapshots, List<Double> losses, String divergence) {
    public Trajectory {
        snapshots = List.copyOf(snapshots);
        losses = List.copyOf(losses);
        if (snapshots.isEmpty()) {
            throw new IllegalArgumentException(subject.name() + ": nothing was measured");
        }
    }

    Snapshot start() {
        return snapshots.get(0);
    }
}
