package io.residual.laboratory.gradients;

import java.util.List;

/**
 * All that a study has measured.
 *
 * @param trajectories at least one
 */
public record StudyResult(List<Trajectory> trajectories, Provenance origin) {
    public StudyResult {
        trajectories = List.copyOf(trajectories);
        if (trajectories.isEmpty()) {
            throw new IllegalArgumentException("a result without a network");
        }
    }
}
