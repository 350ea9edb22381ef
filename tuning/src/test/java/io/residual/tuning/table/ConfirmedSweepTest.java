package io.residual.tuning.table;

import static org.assertj.core.api.Assertions.assertThat;

import io.residual.training.loop.EpochMetrics;
import io.residual.training.run.MeanInterval;
import io.residual.tuning.confirm.Confirmation;
import io.residual.tuning.confirm.Confirmation.Run;
import io.residual.tuning.confirm.Winner;
import io.residual.tuning.search.Assignment;
import io.residual.tuning.search.Direction;
import io.residual.tuning.search.Observation;
import io.residual.tuning.search.TpeSearcher;
import io.residual.tuning.search.TrialState;
import io.residual.tuning.sweep.Budget;
import io.residual.tuning.sweep.ConfirmPlan;
import io.residual.tuning.sweep.Objective;
import io.residual.tuning.sweep.PrunerConfig;
import io.residual.tuning.sweep.SearcherKind;
import io.residual.tuning.sweep.Sweep;
import io.residual.tuning.trials.Finalists;
import io.residual.tuning.trials.FreshRun;
import io.residual.tuning.trials.Trial;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Random;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Sweeps with a confirmation over networks that were measured with many seeds: what a setting is worth is known there, as the
 * mean of all its seeds, from which a sweep draws its own.
 */
class ConfirmedSweepTest {
    private static final int TRIALS = 20;
    private static final int SWEEPS = 100;

    private final MeasuredSeeds table = MeasuredSeeds.load();

    /** One simulated sweep: by how much its winner was flattered, and what it said about that. */
    private record Reported(double bias, double reported, double half, MeanInterval plain, double worth) {
        boolean isRight() {
            return Math.abs(reported - bias) <= half;
        }

        /** Whether the mean of the fresh values by which the winner won, with its own interval, would do. */
        boolean wouldPlainBeRight() {
            return plain.low() <= worth && worth <= plain.high();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"3x3", "3x5", "5x10"})
    void the_bias_is_within_its_interval_in_90_of_100_sweeps_and_right_on_average(String plan) {
        List<Reported> sweeps = IntStream.range(0, SWEEPS)
                .mapToObj(seed -> sweep(ConfirmPlan.parse(plan).orElseThrow(), seed))
                .toList();

        long right = sweeps.stream().filter(Reported::isRight).count();
        double bias = sweeps.stream().mapToDouble(Reported::bias).average().orElseThrow();
        double reported =
                sweeps.stream().mapToDouble(Reported::reported).average().orElseThrow();
        assertThat(right).isGreaterThanOrEqualTo(90);
        assertThat(sweeps.stream().filter(Reported::wouldPlainBeRight).count())
                .as("why the worth is not the plain mean")
                .isLessThan(85);
        assertThat(bias).as("there is a bias to tell").isGreaterThan(0.01);
        assertThat(reported).isBetween(0.75 * bias, 1.25 * bias);
    }

    private Reported sweep(ConfirmPlan plan, long seed) {
        Random random = new Random(seed);
        int searchSeed = random.nextInt(MeasuredSeeds.SEEDS);
        List<Integer> freshSeeds =
                random.ints(plan.seeds(), 0, MeasuredSeeds.SEEDS).boxed().toList();
        Sweep sweep = new Sweep(
                "quick",
                Map.of(),
                MeasuredSeeds.SPACE,
                SearcherKind.TPE,
                new PrunerConfig.None(),
                new Budget(OptionalInt.of(TRIALS), OptionalLong.empty(), Optional.empty()),
                List.of(Objective.VALIDATION_ACCURACY),
                1,
                seed,
                0,
                Optional.of(plan));
        List<Trial> trials = search(seed, searchSeed);
        Confirmation confirmation = Finalists.confirmation(sweep, trials).orElseThrow();
        for (List<Run> missing = confirmation.progress().missing();
                !missing.isEmpty();
                missing = confirmation.progress().missing()) {
            Run run = missing.get(0);
            int number = (int) run.trial();
            trials.set(number, confirmed(trials.get(number), run.seed(), freshSeeds.get(run.seed())));
            confirmation = Finalists.confirmation(sweep, trials).orElseThrow();
        }
        Winner winner = confirmation.winner().orElseThrow();
        Assignment settings = trials.get((int) winner.candidate().trial()).assignment();
        double worth = table.seeds(settings).stream()
                .mapToDouble(ConfirmedSweepTest::last)
                .average()
                .orElseThrow();
        return new Reported(
                winner.candidate().found() - worth,
                winner.bias(),
                winner.worth().high() - winner.worth().mean(),
                MeanInterval.of(winner.candidate().sample()).orElseThrow(),
                worth);
    }

    private List<Trial> search(long seed, int ofTable) {
        TpeSearcher searcher = new TpeSearcher(MeasuredSeeds.SPACE, List.of(Direction.MAXIMISE), seed);
        List<Trial> trials = new ArrayList<>();
        List<Observation> history = new ArrayList<>();
        for (int number = 0; number < TRIALS; number++) {
            Assignment settings = searcher.propose(number, history);
            double found = last(table.seeds(settings).get(ofTable));
            history.add(Observation.done(number, settings, List.of(found)));
            trials.add(new Trial(
                    number,
                    settings,
                    TrialState.DONE,
                    "",
                    0,
                    List.of(List.of(new EpochMetrics(1, 0.1, 1, 0.5, 1, found, 500, 2))),
                    new TreeMap<>()));
        }
        return trials;
    }

    private Trial confirmed(Trial trial, int seed, int ofTable) {
        SortedMap<Integer, FreshRun> fresh = new TreeMap<>(trial.fresh());
        double value = last(table.seeds(trial.assignment()).get(ofTable));
        fresh.put(seed, new FreshRun(TrialState.DONE, "", 0, OptionalDouble.of(value)));
        return new Trial(trial.number(), trial.assignment(), trial.state(), "", 0, trial.runs(), fresh);
    }

    private static double last(List<Double> epochs) {
        return epochs.get(epochs.size() - 1);
    }
}
