package io.residual.laboratory.claims;

import io.residual.laboratory.experiments.Budget;
import io.residual.laboratory.experiments.Experiment;
import java.util.List;

/** All experiments on the claims of the notes. */
public final class Claims {
    private Claims() {}

    /** One experiment for each claim, in the order of the claims. */
    public static List<Experiment> of(Budget budget) {
        return List.of(
                Depth.of(budget),
                Schedules.of(budget),
                BatchSizes.of(budget),
                TwoBatchNorms.of(budget),
                TestAboveTraining.of(budget),
                WrongLabels.of(budget),
                ImageSizes.of(budget),
                GradientFlow.of(budget),
                LayerwiseRates.of(budget));
    }
}
