package io.residual.training.run;

import java.util.List;

/**
 * Ends a run that no longer gets better (Prechelt 1998).
 *
 * @param patience epochs without a better validation accuracy that a run may take, 0 for any number
 */
public record EarlyStopping(int patience) {
    /** Whether a run with this history is to end. */
    public boolean isDue(List<EpochMetrics> history) {
        int best = 0;
        for (int i = 1; i < history.size(); i++) {
            if (history.get(i).validationAccuracy() > history.get(best).validationAccuracy()) {
                best = i;
            }
        }
        return patience > 0 && history.size() - 1 - best >= patience;
    }
}
