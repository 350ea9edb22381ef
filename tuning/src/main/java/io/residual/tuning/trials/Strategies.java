package io.residual.tuning.trials;

import io.residual.core.ResidualException;
import io.residual.core.ResidualException.Kind;
import io.residual.tuning.arbiter.GeneticSearcher;
import io.residual.tuning.arbiter.GridSearcher;
import io.residual.tuning.arbiter.RandomSearcher;
import io.residual.tuning.search.AshaPruner;
import io.residual.tuning.search.Direction;
import io.residual.tuning.search.HyperbandPruner;
import io.residual.tuning.search.MedianPruner;
import io.residual.tuning.search.Pruner;
import io.residual.tuning.search.Searcher;
import io.residual.tuning.search.SobolSearcher;
import io.residual.tuning.search.TpeSearcher;
import io.residual.tuning.sweep.Objective;
import io.residual.tuning.sweep.PrunerConfig;
import io.residual.tuning.sweep.Sweep;
import java.util.List;

/** The searcher and the pruner that a sweep asks for. */
final class Strategies {
    /** Values of a real parameter in a grid. */
    private static final int GRID_VALUES = 5;

    private Strategies() {}

    /**
     * The searcher.
     *
     * @throws ResidualException of kind BAD_SETTING if it cannot search the sweep's space
     */
    static Searcher searcher(Sweep sweep) {
        List<Direction> directions =
                sweep.objectives().stream().map(Objective::direction).toList();
        try {
            return switch (sweep.searcher()) {
                case RANDOM -> new RandomSearcher(sweep.space(), sweep.seed());
                case GRID -> new GridSearcher(sweep.space(), GRID_VALUES);
                case GENETIC -> new GeneticSearcher(sweep.space(), directions.get(0), sweep.seed());
                case SOBOL -> new SobolSearcher(sweep.space(), sweep.seed());
                case TPE -> new TpeSearcher(sweep.space(), directions, sweep.seed());
            };
        } catch (IllegalArgumentException e) {
            throw new ResidualException(Kind.BAD_SETTING, "searcher: " + e.getMessage(), e);
        }
    }

    /**
     * The pruner.
     *
     * @throws ResidualException of kind BAD_SETTING if the first rung is beyond the trials' last epoch
     */
    static Pruner pruner(Sweep sweep) {
        Direction direction = sweep.objectives().get(0).direction();
        int epochs = sweep.baseSpec().optimisation().epochs();
        PrunerConfig config = sweep.pruner();
        try {
            if (config instanceof PrunerConfig.Median median) {
                return new MedianPruner(direction, median.startupTrials(), median.warmupEpochs());
            }
            if (config instanceof PrunerConfig.Asha asha) {
                return new AshaPruner(direction, asha.minEpochs(), epochs, asha.reductionFactor());
            }
            if (config instanceof PrunerConfig.Hyperband hyperband) {
                return new HyperbandPruner(direction, 1, epochs, hyperband.reductionFactor());
            }
            return Pruner.none();
        } catch (IllegalArgumentException e) {
            throw new ResidualException(Kind.BAD_SETTING, "pruner: " + e.getMessage(), e);
        }
    }
}
