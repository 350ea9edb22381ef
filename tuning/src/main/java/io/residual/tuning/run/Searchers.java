package io.residual.tuning.run;

import io.residual.training.CommandException;
import io.residual.training.ExitStatus;
import io.residual.tuning.arbiter.GeneticSearcher;
import io.residual.tuning.arbiter.GridSearcher;
import io.residual.tuning.arbiter.RandomSearcher;
import io.residual.tuning.search.Direction;
import io.residual.tuning.search.Searcher;
import io.residual.tuning.search.pruning.AshaPruner;
import io.residual.tuning.search.pruning.HyperbandPruner;
import io.residual.tuning.search.pruning.MedianPruner;
import io.residual.tuning.search.pruning.Pruner;
import io.residual.tuning.search.sobol.SobolSearcher;
import io.residual.tuning.search.tpe.TpeSearcher;
import io.residual.tuning.sweep.Objective;
import io.residual.tuning.sweep.Pruning;
import io.residual.tuning.sweep.Sweep;
import java.util.List;

/** The searcher and the pruner that a sweep asks for. */
final class Searchers {
    /** Values of a real parameter in a grid. */
    private static final int GRID_VALUES = 5;

    private Searchers() {}

    /**
     * The searcher.
     *
     * @throws CommandException of status USAGE if it cannot search the sweep's space
     */
    static Searcher searcher(Sweep sweep) {
        List<Direction> directions =
                sweep.objectives().stream().map(Objective::direction).toList();
        try {
            return switch (sweep.searching()) {
                case RANDOM -> new RandomSearcher(sweep.space(), sweep.seed());
                case GRID -> new GridSearcher(sweep.space(), GRID_VALUES);
                case GENETIC -> new GeneticSearcher(sweep.space(), directions.get(0), sweep.seed());
                case SOBOL -> new SobolSearcher(sweep.space(), sweep.seed());
                case TPE -> new TpeSearcher(sweep.space(), directions, sweep.seed());
            };
        } catch (IllegalArgumentException e) {
            throw new CommandException(ExitStatus.USAGE, "searcher: " + e.getMessage(), e);
        }
    }

    /**
     * The pruner.
     *
     * @throws CommandException of status USAGE if the first rung is beyond the trials' last epoch
     */
    static Pruner pruner(Sweep sweep) {
        Direction direction = sweep.objectives().get(0).direction();
        int epochs = sweep.baseSpec().optimisation().epochs();
        Pruning pruning = sweep.pruning();
        try {
            if (pruning instanceof Pruning.Median median) {
                return new MedianPruner(direction, median.startupTrials(), median.warmupEpochs());
            }
            if (pruning instanceof Pruning.Asha asha) {
                return new AshaPruner(direction, asha.minEpochs(), epochs, asha.reductionFactor());
            }
            if (pruning instanceof Pruning.Hyperband hyperband) {
                return new HyperbandPruner(direction, 1, epochs, hyperband.reductionFactor());
            }
            return Pruner.none();
        } catch (IllegalArgumentException e) {
            throw new CommandException(ExitStatus.USAGE, "pruner: " + e.getMessage(), e);
        }
    }
}
