package io.residual.tuning.table;

import static org.assertj.core.api.Assertions.assertThat;

import io.residual.tuning.arbiter.RandomSearcher;
import io.residual.tuning.search.AshaPruner;
import io.residual.tuning.search.Assignment;
import io.residual.tuning.search.Direction;
import io.residual.tuning.search.LearningCurves;
import io.residual.tuning.search.Observation;
import io.residual.tuning.search.Outcome;
import io.residual.tuning.search.Pruner;
import io.residual.tuning.search.PruningDecision;
import io.residual.tuning.search.Searcher;
import io.residual.tuning.search.TpeSearcher;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.function.LongFunction;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** Sweeps over trials that were measured before: real networks on Fashion-MNIST, see {@link MeasuredTable}. */
class MeasuredSweepTest {
    private static final int SWEEPS = 50;
    private static final double CLOSE = 0.002;

    private final MeasuredTable table = MeasuredTable.load();

    @Test
    void the_table_has_every_combination() {
        assertThat(table.size()).isEqualTo(264).isEqualTo(MeasuredTable.grid().size());
    }

    @Test
    void halving_with_tpe_comes_as_near_to_the_best_with_a_fifth_of_the_epochs_of_random_search() {
        Pruner halving = new AshaPruner(Direction.MAXIMISE, 1, MeasuredTable.EPOCHS, 3);

        double random = medianEpochs(seed -> new RandomSearcher(MeasuredTable.SPACE, seed), Pruner.none());
        double ours =
                medianEpochs(seed -> new TpeSearcher(MeasuredTable.SPACE, List.of(Direction.MAXIMISE), seed), halving);

        assertThat(ours).isLessThanOrEqualTo(random / 5);
    }

    private double medianEpochs(LongFunction<Searcher> searcher, Pruner pruner) {
        long[] epochs = LongStream.range(0, SWEEPS)
                .parallel()
                .map(seed -> new Sweep(searcher.apply(seed), pruner).epochsToTheBest())
                .sorted()
                .toArray();
        return 0.5 * (epochs[SWEEPS / 2 - 1] + epochs[SWEEPS / 2]);
    }

    /** One worker, which goes on with a paused trial where it can, and else starts a new one. */
    private final class Sweep {
        private final Searcher searcher;
        private final Pruner pruner;
        private final Map<Long, Assignment> assignments = new HashMap<>();
        private LearningCurves trials = LearningCurves.empty();
        private long epochs;

        Sweep(Searcher searcher, Pruner pruner) {
            this.searcher = searcher;
            this.pruner = pruner;
        }

        /** Epochs until some trial has come within 0.2 points of the table's best accuracy. */
        long epochsToTheBest() {
            OptionalLong next = OptionalLong.empty();
            while (true) {
                long trial = next.orElseGet(this::start);
                next = OptionalLong.empty();
                PruningDecision decision = new PruningDecision.Continue();
                while (decision instanceof PruningDecision.Continue
                        && row(trial).resource() < MeasuredTable.EPOCHS) {
                    if (train(trial) >= table.best() - CLOSE) {
                        return epochs;
                    }
                    decision = pruner.after(trial, row(trial).resource(), trials);
                }
                trials = trials.with(
                        trial,
                        new LearningCurves.Row(stateAfter(decision), row(trial).values()));
                if (decision instanceof PruningDecision.Promote promoted) {
                    next = OptionalLong.of(promoted.trial());
                } else {
                    next = pruner.promotable(trials);
                }
            }
        }

        private long start() {
            long trial = assignments.size();
            assignments.put(trial, searcher.propose(trial, history()));
            trials = trials.with(trial, new LearningCurves.Row(LearningCurves.State.RUNNING, new TreeMap<>()));
            return trial;
        }

        private double train(long trial) {
            epochs++;
            NavigableMap<Integer, Double> values = new TreeMap<>(row(trial).values());
            int epoch = row(trial).resource() + 1;
            double accuracy = table.best(assignments.get(trial), epoch);
            values.put(epoch, accuracy);
            trials = trials.with(trial, new LearningCurves.Row(LearningCurves.State.RUNNING, values));
            return accuracy;
        }

        private LearningCurves.Row row(long trial) {
            return trials.row(trial).orElseThrow();
        }

        private LearningCurves.State stateAfter(PruningDecision decision) {
            if (decision instanceof PruningDecision.Continue) {
                return LearningCurves.State.FINISHED;
            }
            return decision instanceof PruningDecision.Prune
                    ? LearningCurves.State.PRUNED
                    : LearningCurves.State.PAUSED;
        }

        private List<Observation> history() {
            List<Observation> history = new ArrayList<>();
            trials.trials().forEach((trial, row) -> {
                double last = row.value(row.resource()).orElseThrow();
                Outcome outcome = row.state() == LearningCurves.State.FINISHED
                        ? Outcome.Finished.of(last)
                        : new Outcome.Pruned(row.resource(), last);
                history.add(new Observation(trial, assignments.get(trial), outcome));
            });
            return history;
        }
    }
}
