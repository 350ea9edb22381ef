package io.residual.program.plan;

import io.residual.program.Operation.Normalize;
import java.util.List;

/**
 * Tasks that each part of a batch goes through without waiting for another. All parts are through before the next phase begins.
 *
 * @param own the areas of the worker's own memory
 * @param statistics normalizations whose moments are complete at its end
 * @param sums normalizations whose gradient's sums are complete at its end
 */
public record Phase(List<Task> tasks, List<Area> own, List<Normalize> statistics, List<Normalize> sums) {
    public Phase {
        tasks = List.copyOf(tasks);
        own = List.copyOf(own);
        statistics = List.copyOf(statistics);
        sums = List.copyOf(sums);
    }
}
