package io.residual.tuning.sweep;

/** Which trials are stopped before their last epoch. */
public sealed interface PrunerConfig {
    /** None. */
    record None() implements PrunerConfig {}

    /**
     * Those below the median of the others at the same epoch.
     *
     * @param startupTrials trials that are never stopped, at least 1
     * @param warmupEpochs epochs after which a trial can be stopped, at least 0
     */
    record Median(int startupTrials, int warmupEpochs) implements PrunerConfig {}

    /**
     * All but the best of each rung wait, and resume when they are among its best (Li et al. 2020, asynchronous successive
     * halving).
     *
     * @param reductionFactor one of so many continues, at least 2
     * @param minEpochs of the first rung, at least 1
     */
    record Asha(int reductionFactor, int minEpochs) implements PrunerConfig {}

    /**
     * Several such ladders with first rungs that differ (Li et al. 2018).
     *
     * @param reductionFactor one of so many continues, at least 2
     */
    record Hyperband(int reductionFactor) implements PrunerConfig {}
}
