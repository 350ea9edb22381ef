package io.residual.tuning.search;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PrunerTest {
    private static final Assignment ANY = new Assignment(Map.of());

    /** A trial of which the number follows from its place in the history. */
    private record Row(TrialState state, double... values) {
        Observation as(long number) {
            TreeMap<Integer, Double> curve = new TreeMap<>();
            for (int i = 0; i < values.length; i++) {
                curve.put(i + 1, values[i]);
            }
            List<Double> objectives = state == TrialState.DONE ? List.of(values[values.length - 1]) : List.of();
            return new Observation(number, ANY, state, curve, objectives);
        }
    }

    private static Row row(TrialState state, double... values) {
        return new Row(state, values);
    }

    private static List<Observation> history(Row... rows) {
        return IntStream.range(0, rows.length)
                .mapToObj(number -> rows[number].as(number))
                .toList();
    }

    private static AshaPruner asha() {
        return new AshaPruner(Direction.MAXIMISE, 1, 9, 3);
    }

    private static TrialState after(Pruner pruner, long trial, List<Observation> history) {
        history.forEach(pruner::observe);
        return pruner.after(
                history.stream().filter(o -> o.trial() == trial).findFirst().orElseThrow());
    }

    private static OptionalLong promotable(List<Observation> history) {
        AshaPruner pruner = asha();
        history.forEach(pruner::observe);
        return pruner.promotable();
    }

    private static List<Observation> with(List<Observation> history, long number, Row row) {
        return Stream.concat(history.stream().filter(o -> o.trial() != number), Stream.of(row.as(number)))
                .toList();
    }

    @Test
    void the_median_pruner_compares_best_values_up_to_the_epoch_with_finished_trials_only() {
        List<Observation> history = history(
                row(TrialState.DONE, 0.2, 0.7, 0.6),
                row(TrialState.DONE, 0.4, 0.3, 0.9),
                row(TrialState.PRUNED, 0.9, 0.95),
                row(TrialState.RUNNING, 0.1, 0.54));

        // After 2 epochs the finished trials' best are 0.7 and 0.4: median 0.55.
        assertThat(after(new MedianPruner(Direction.MAXIMISE, 2, 1), 3, history))
                .isEqualTo(TrialState.PRUNED);
        assertThat(after(
                        new MedianPruner(Direction.MAXIMISE, 2, 1),
                        3,
                        with(history, 3, row(TrialState.RUNNING, 0.56, 0.1))))
                .isEqualTo(TrialState.RUNNING);
    }

    @Test
    void the_median_pruner_waits_for_startup_trials_and_warm_up_epochs() {
        List<Observation> history = history(
                row(TrialState.DONE, 0.2, 0.7), row(TrialState.DONE, 0.4, 0.8), row(TrialState.RUNNING, 0.1, 0.1));

        assertThat(after(new MedianPruner(Direction.MAXIMISE, 3, 0), 2, history))
                .isEqualTo(TrialState.RUNNING);
        assertThat(after(new MedianPruner(Direction.MAXIMISE, 2, 2), 2, history))
                .isEqualTo(TrialState.RUNNING);
        assertThat(after(new MedianPruner(Direction.MAXIMISE, 2, 1), 2, history))
                .isEqualTo(TrialState.PRUNED);
    }

    @Test
    void a_smaller_loss_is_better_where_the_objective_is_minimised() {
        List<Observation> history = history(row(TrialState.DONE, 0.5), row(TrialState.RUNNING, 0.6));

        assertThat(after(new MedianPruner(Direction.MINIMISE, 1, 0), 1, history))
                .isEqualTo(TrialState.PRUNED);
        assertThat(after(new MedianPruner(Direction.MAXIMISE, 1, 0), 1, history))
                .isEqualTo(TrialState.RUNNING);
    }

    @Test
    void the_first_trials_of_a_rung_pause_until_there_are_enough_to_compare() {
        assertThat(after(asha(), 0, history(row(TrialState.RUNNING, 0.9)))).isEqualTo(TrialState.PAUSED);
        assertThat(after(asha(), 1, history(row(TrialState.PAUSED, 0.9), row(TrialState.RUNNING, 0.95))))
                .isEqualTo(TrialState.PAUSED);
    }

    @Test
    void the_best_third_of_a_rung_continues() {
        List<Observation> history =
                history(row(TrialState.PAUSED, 0.5), row(TrialState.PAUSED, 0.6), row(TrialState.RUNNING, 0.7));

        assertThat(after(asha(), 2, history)).isEqualTo(TrialState.RUNNING);
    }

    @Test
    void a_paused_trial_is_promoted_once_others_prove_worse() {
        List<Observation> history =
                history(row(TrialState.PAUSED, 0.5), row(TrialState.PAUSED, 0.8), row(TrialState.RUNNING, 0.7));

        assertThat(after(asha(), 2, history)).isEqualTo(TrialState.PAUSED);
        assertThat(promotable(history)).isEqualTo(OptionalLong.of(1));
    }

    @Test
    void a_promoted_trial_is_not_promoted_again_and_still_counts_on_its_rung() {
        List<Observation> history =
                history(row(TrialState.PAUSED, 0.5), row(TrialState.RUNNING, 0.8, 0.9), row(TrialState.PAUSED, 0.7));

        assertThat(promotable(history)).isEmpty();
    }

    @Test
    void the_highest_rung_promotes_first() {
        Row third = row(TrialState.PAUSED, 0.5, 0.5, 0.61);
        List<Observation> history = history(
                row(TrialState.PAUSED, 0.5, 0.5, 0.6),
                third,
                row(TrialState.PAUSED, 0.5, 0.5, 0.3),
                row(TrialState.PAUSED, 0.99));

        assertThat(asha().rungs()).isEqualTo(List.of(1, 3));
        assertThat(promotable(history)).isEqualTo(OptionalLong.of(1));
        assertThat(promotable(with(history, 1, row(TrialState.DONE, 0.5, 0.5, 0.61))))
                .isEqualTo(OptionalLong.of(3));
    }

    @Test
    void between_rungs_and_at_its_end_a_trial_continues() {
        assertThat(after(asha(), 0, history(row(TrialState.RUNNING, 0.1, 0.1)))).isEqualTo(TrialState.RUNNING);
        assertThat(after(asha(), 0, history(row(TrialState.RUNNING, 0, 0, 0, 0, 0, 0, 0, 0, 0))))
                .isEqualTo(TrialState.RUNNING);
    }

    @Test
    void a_diverged_trial_is_the_worst_of_the_first_rung_that_it_did_not_reach() {
        List<Observation> history =
                history(row(TrialState.DIVERGED), row(TrialState.DIVERGED), row(TrialState.RUNNING, 0.1));

        assertThat(after(asha(), 2, history)).isEqualTo(TrialState.RUNNING);
        assertThat(after(asha(), 2, with(history, 2, row(TrialState.RUNNING, 0.1, 0.1, 0.1))))
                .isEqualTo(TrialState.PAUSED);
    }

    @Test
    void a_value_that_is_no_number_is_never_promoted() {
        List<Observation> history = history(
                row(TrialState.PAUSED, Double.NaN),
                row(TrialState.PAUSED, Double.NaN),
                row(TrialState.RUNNING, Double.NaN));

        assertThat(after(asha(), 2, history)).isEqualTo(TrialState.PAUSED);
    }

    @Test
    void hyperband_shares_trials_out_as_its_paper_does() {
        HyperbandPruner pruner = new HyperbandPruner(Direction.MAXIMISE, 1, 81, 3);

        Map<Integer, Long> counts = LongStream.range(0, 14_300)
                .boxed()
                .collect(Collectors.groupingBy(pruner::bracket, Collectors.counting()));

        // Li et al. 2018, table 1: 81, 34, 15, 8 and 5 trials of the brackets for 81 epochs and a factor of 3
        assertThat(pruner.brackets()).isEqualTo(5);
        List<Integer> shares = List.of(81, 34, 15, 8, 5);
        for (int bracket = 0; bracket < 5; bracket++) {
            assertThat(counts.get(bracket)).isBetween(shares.get(bracket) * 100L - 30, shares.get(bracket) * 100L + 30);
        }
    }

    @Test
    void a_bracket_of_hyperband_compares_its_own_trials_only() {
        Supplier<HyperbandPruner> pruners = () -> new HyperbandPruner(Direction.MAXIMISE, 1, 3, 3);
        long[] first = LongStream.range(0, 50)
                .filter(t -> pruners.get().bracket(t) == 0)
                .limit(3)
                .toArray();
        long[] second = LongStream.range(0, 50)
                .filter(t -> pruners.get().bracket(t) == 1)
                .limit(1)
                .toArray();
        List<Observation> two = List.of(
                row(TrialState.PAUSED, 0.3).as(first[0]),
                row(TrialState.RUNNING, 0.4).as(first[1]),
                row(TrialState.RUNNING, 0.1, 0.1).as(second[0]));

        assertThat(after(pruners.get(), first[1], two)).isEqualTo(TrialState.PAUSED);
        assertThat(after(pruners.get(), second[0], two)).isEqualTo(TrialState.RUNNING);
        assertThat(after(pruners.get(), first[2], with(two, first[2], row(TrialState.RUNNING, 0.5))))
                .isEqualTo(TrialState.RUNNING);
    }

    @Test
    void a_reduction_factor_of_one_is_refused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new HyperbandPruner(Direction.MAXIMISE, 1, 9, 1))
                .withMessageContaining("reduction factor of at least 2");
    }

    @ParameterizedTest
    @ValueSource(strings = {"median", "asha", "hyperband"})
    void what_a_pruner_observed_before_does_not_matter_only_the_trials_as_they_are(String kind) {
        Supplier<Pruner> pruners = () -> switch (kind) {
            case "median" -> new MedianPruner(Direction.MAXIMISE, 5, 1);
            case "asha" -> asha();
            default -> new HyperbandPruner(Direction.MAXIMISE, 1, 9, 3);
        };
        Random random = new Random(1);
        Pruner pruner = pruners.get();
        List<Observation> trials = new ArrayList<>();
        int stopped = 0;
        for (int change = 0; change < 1_500; change++) {
            Observation changed = changed(change, trials, pruner, random);
            Pruner other = pruners.get();
            List<Observation> shuffled = new ArrayList<>(trials);
            Collections.shuffle(shuffled, random);
            shuffled.forEach(other::observe);

            TrialState state = pruner.after(changed);
            assertThat(state).isEqualTo(other.after(changed));
            assertThat(pruner.promotable()).isEqualTo(other.promotable());
            assertThat(pruner.decidesAfter(changed.trial(), changed.epochs()))
                    .isEqualTo(other.decidesAfter(changed.trial(), changed.epochs()));
            stopped += state == TrialState.RUNNING ? 0 : 1;
        }
        assertThat(stopped).isBetween(50, 1_000);
    }

    /** Lets a trial have another epoch or another state, or adds one, or lets one fail. */
    private static Observation changed(int number, List<Observation> trials, Pruner pruner, Random random) {
        int failing = random.nextInt(1_000);
        if (failing < trials.size() && trials.get(failing).state() != TrialState.DONE) {
            pruner.forget(trials.remove(failing).trial());
        }
        int place = random.nextInt(Math.min(trials.size() + 1, 200));
        Observation before = place < trials.size()
                ? trials.get(place)
                : Observation.of(number, ANY, TrialState.RUNNING, new TreeMap<>());
        boolean ends = before.state().isFinal() || before.epochs() == 9;
        TreeMap<Integer, Double> curve = new TreeMap<>(before.curve());
        if (!ends) {
            curve.put(curve.size() + 1, random.nextInt(20) / 20.0);
        }
        TrialState state = ends
                ? TrialState.DONE
                : List.of(TrialState.RUNNING, TrialState.RUNNING, TrialState.PAUSED, TrialState.DIVERGED)
                        .get(random.nextInt(4));
        Observation after =
                new Observation(before.trial(), ANY, state, curve, state == TrialState.DONE ? List.of(0.5) : List.of());
        if (place < trials.size()) {
            trials.set(place, after);
        } else {
            trials.add(after);
        }
        pruner.observe(after);
        return after;
    }
}
