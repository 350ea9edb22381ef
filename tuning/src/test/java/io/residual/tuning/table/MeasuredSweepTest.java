package io.residual.tuning.table;

import static org.assertj.core.api.Assertions.assertThat;

import io.residual.tuning.arbiter.RandomSearcher;
import io.residual.tuning.search.AshaPruner;
import io.residual.tuning.search.Direction;
import io.residual.tuning.search.Observation;
import io.residual.tuning.search.Pruner;
import io.residual.tuning.search.Searcher;
import io.residual.tuning.search.TpeSearcher;
import io.residual.tuning.search.TrialState;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.function.LongFunction;
import java.util.function.Supplier;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Sweeps over trials that were measured before: real networks on Fashion-MNIST, see {@link MeasuredTable}. */
@Tag("slow")
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
        double random = medianEpochs(seed -> new RandomSearcher(MeasuredTable.SPACE, seed), Pruner::none);
        double ours = medianEpochs(
                seed -> new TpeSearcher(MeasuredTable.SPACE, List.of(Direction.MAXIMISE), seed),
                () -> new AshaPruner(Direction.MAXIMISE, 1, MeasuredTable.EPOCHS, 3));

        assertThat(ours).isLessThanOrEqualTo(random / 5);
    }

    private double medianEpochs(LongFunction<Searcher> searcher, Supplier<Pruner> pruner) {
        long[] epochs = LongStream.range(0, SWEEPS)
                .parallel()
                .map(seed -> new Sweep(searcher.apply(seed), pruner.get()).epochsToTheBest())
                .sorted()
                .toArray();
        return 0.5 * (epochs[SWEEPS / 2 - 1] + epochs[SWEEPS / 2]);
    }

    /** One worker, which resumes a paused trial if it can, and else starts a new one. */
    private final class Sweep {
        private final Searcher searcher;
        private final Pruner pruner;
        private final List<Observation> trials = new ArrayList<>();
        private long epochs;

        Sweep(Searcher searcher, Pruner pruner) {
            this.searcher = searcher;
            this.pruner = pruner;
        }

        /** Epochs until some trial has come within 0.2 points of the table's best accuracy. */
        long epochsToTheBest() {
            while (true) {
                int trial = (int) pruner.promotable().orElseGet(this::start);
                TrialState state = TrialState.RUNNING;
                while (state == TrialState.RUNNING && epochs(trial) < MeasuredTable.EPOCHS) {
                    if (train(trial) >= table.best() - CLOSE) {
                        return epochs;
                    }
                    state = pruner.after(trials.get(trial));
                }
                set(
                        trial,
                        state == TrialState.RUNNING ? TrialState.DONE : state,
                        trials.get(trial).curve());
            }
        }

        private long start() {
            long trial = trials.size();
            trials.add(Observation.of(trial, searcher.propose(trial, trials), TrialState.RUNNING, new TreeMap<>()));
            return trial;
        }

        private int epochs(int trial) {
            NavigableMap<Integer, Double> curve = trials.get(trial).curve();
            return curve.isEmpty() ? 0 : curve.lastKey();
        }

        private double train(int trial) {
            epochs++;
            int epoch = epochs(trial) + 1;
            double accuracy = table.best(trials.get(trial).assignment(), epoch);
            NavigableMap<Integer, Double> curve =
                    new TreeMap<>(trials.get(trial).curve());
            curve.put(epoch, accuracy);
            set(trial, TrialState.RUNNING, curve);
            return accuracy;
        }

        private void set(int trial, TrialState state, NavigableMap<Integer, Double> curve) {
            List<Double> objectives =
                    state == TrialState.DONE ? List.of(curve.lastEntry().getValue()) : List.of();
            trials.set(trial, new Observation(trial, trials.get(trial).assignment(), state, curve, objectives));
            pruner.observe(trials.get(trial));
        }
    }
}
