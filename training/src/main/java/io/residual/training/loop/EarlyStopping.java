package io.residual.training.loop;

import java.util.List;

/**
 * Ends a run that no longer improves (Prechelt 1998).
 *
 * @param patience epochs without a better validation accuracy that a run may take, 0 for any number
 */
public record EarlyStopping(int patience) {
    /** Whether a run with this history is to end. */
    public boolean isDue(List<EpochMetrics> history) {
        return patience > 0
                && EpochMetrics.best(history)
                        .filter(best -> history.size() - best.epoch() >= patience)
                        .isPresent();
    }
}
