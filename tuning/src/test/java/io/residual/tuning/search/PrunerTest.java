package io.residual.tuning.search;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.residual.tuning.search.LearningCurves.Row;
import io.residual.tuning.search.LearningCurves.State;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class PrunerTest {
    private final AshaPruner asha = new AshaPruner(Direction.MAXIMISE, 1, 9, 3);

    private static Row row(State state, double... values) {
        TreeMap<Integer, Double> byEpoch = new TreeMap<>();
        for (int i = 0; i < values.length; i++) {
            byEpoch.put(i + 1, values[i]);
        }
        return new Row(state, byEpoch);
    }

    private static LearningCurves table(Row... rows) {
        TreeMap<Long, Row> byNumber = new TreeMap<>();
        for (int i = 0; i < rows.length; i++) {
            byNumber.put((long) i, rows[i]);
        }
        return new LearningCurves(byNumber);
    }

    @Test
    void the_median_pruner_compares_best_values_up_to_the_epoch_with_finished_trials_only() {
        MedianPruner pruner = new MedianPruner(Direction.MAXIMISE, 2, 1);
        LearningCurves table = table(
                row(State.FINISHED, 0.2, 0.7, 0.6),
                row(State.FINISHED, 0.4, 0.3, 0.9),
                row(State.PRUNED, 0.9, 0.95),
                row(State.RUNNING, 0.1, 0.54));

        // After 2 epochs the finished trials' best are 0.7 and 0.4: median 0.55.
        assertThat(pruner.after(3, 2, table)).isEqualTo(new PruningDecision.Prune());
        assertThat(pruner.after(3, 2, table.with(3, row(State.RUNNING, 0.56, 0.1))))
                .isEqualTo(new PruningDecision.Continue());
    }

    @Test
    void the_median_pruner_waits_for_startup_trials_and_warm_up_epochs() {
        LearningCurves table =
                table(row(State.FINISHED, 0.2, 0.7), row(State.FINISHED, 0.4, 0.8), row(State.RUNNING, 0.1, 0.1));

        assertThat(new MedianPruner(Direction.MAXIMISE, 3, 0).after(2, 2, table))
                .isEqualTo(new PruningDecision.Continue());
        assertThat(new MedianPruner(Direction.MAXIMISE, 2, 2).after(2, 2, table))
                .isEqualTo(new PruningDecision.Continue());
        assertThat(new MedianPruner(Direction.MAXIMISE, 2, 1).after(2, 2, table))
                .isEqualTo(new PruningDecision.Prune());
    }

    @Test
    void a_smaller_loss_is_better_where_the_objective_is_minimised() {
        LearningCurves table = table(row(State.FINISHED, 0.5), row(State.RUNNING, 0.6));

        assertThat(new MedianPruner(Direction.MINIMISE, 1, 0).after(1, 1, table))
                .isEqualTo(new PruningDecision.Prune());
        assertThat(new MedianPruner(Direction.MAXIMISE, 1, 0).after(1, 1, table))
                .isEqualTo(new PruningDecision.Continue());
    }

    @Test
    void the_first_trials_of_a_rung_pause_until_there_are_enough_to_compare() {
        assertThat(asha.after(0, 1, table(row(State.RUNNING, 0.9)))).isEqualTo(new PruningDecision.Pause());
        assertThat(asha.after(1, 1, table(row(State.PAUSED, 0.9), row(State.RUNNING, 0.95))))
                .isEqualTo(new PruningDecision.Pause());
    }

    @Test
    void the_best_third_of_a_rung_goes_on() {
        LearningCurves table = table(row(State.PAUSED, 0.5), row(State.PAUSED, 0.6), row(State.RUNNING, 0.7));

        assertThat(asha.after(2, 1, table)).isEqualTo(new PruningDecision.Continue());
    }

    @Test
    void a_paused_trial_is_promoted_once_others_prove_worse() {
        LearningCurves table = table(row(State.PAUSED, 0.5), row(State.PAUSED, 0.8), row(State.RUNNING, 0.7));

        assertThat(asha.after(2, 1, table)).isEqualTo(new PruningDecision.Promote(1));
        assertThat(asha.promotable(table)).isEqualTo(OptionalLong.of(1));
    }

    @Test
    void a_promoted_trial_is_not_promoted_again_and_still_counts_on_its_rung() {
        LearningCurves table = table(row(State.PAUSED, 0.5), row(State.RUNNING, 0.8, 0.9), row(State.PAUSED, 0.7));

        assertThat(asha.promotable(table)).isEmpty();
    }

    @Test
    void the_highest_rung_promotes_first() {
        Row third = row(State.PAUSED, 0.5, 0.5, 0.61);
        LearningCurves table = table(
                row(State.PAUSED, 0.5, 0.5, 0.6), third, row(State.PAUSED, 0.5, 0.5, 0.3), row(State.PAUSED, 0.99));

        assertThat(asha.rungs()).isEqualTo(List.of(1, 3));
        assertThat(asha.promotable(table)).isEqualTo(OptionalLong.of(1));
        assertThat(asha.promotable(table.with(1, row(State.FINISHED, 0.5, 0.5, 0.61))))
                .isEqualTo(OptionalLong.of(3));
    }

    @Test
    void between_rungs_and_at_its_end_a_trial_goes_on() {
        assertThat(asha.after(0, 2, table(row(State.RUNNING, 0.1, 0.1)))).isEqualTo(new PruningDecision.Continue());
        assertThat(asha.after(0, 9, table(row(State.RUNNING, 0, 0, 0, 0, 0, 0, 0, 0, 0))))
                .isEqualTo(new PruningDecision.Continue());
    }

    @Test
    void a_diverged_trial_is_the_worst_of_the_first_rung_that_it_did_not_reach() {
        LearningCurves table = table(row(State.DIVERGED), row(State.DIVERGED), row(State.RUNNING, 0.1));

        assertThat(asha.after(2, 1, table)).isEqualTo(new PruningDecision.Continue());
        assertThat(asha.after(2, 3, table.with(2, row(State.RUNNING, 0.1, 0.1, 0.1))))
                .isEqualTo(new PruningDecision.Pause());
    }

    @Test
    void a_value_that_is_no_number_is_never_promoted() {
        LearningCurves table =
                table(row(State.PAUSED, Double.NaN), row(State.PAUSED, Double.NaN), row(State.RUNNING, Double.NaN));

        assertThat(asha.after(2, 1, table)).isEqualTo(new PruningDecision.Pause());
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
        HyperbandPruner pruner = new HyperbandPruner(Direction.MAXIMISE, 1, 3, 3);
        long[] first = LongStream.range(0, 50)
                .filter(t -> pruner.bracket(t) == 0)
                .limit(3)
                .toArray();
        long[] second = LongStream.range(0, 50)
                .filter(t -> pruner.bracket(t) == 1)
                .limit(1)
                .toArray();
        LearningCurves two = LearningCurves.empty()
                .with(first[0], row(State.PAUSED, 0.3))
                .with(first[1], row(State.RUNNING, 0.4))
                .with(second[0], row(State.RUNNING, 0.1, 0.1));

        assertThat(pruner.after(first[1], 1, two)).isEqualTo(new PruningDecision.Pause());
        assertThat(pruner.after(second[0], 1, two)).isEqualTo(new PruningDecision.Continue());
        assertThat(pruner.after(first[2], 1, two.with(first[2], row(State.RUNNING, 0.5))))
                .isEqualTo(new PruningDecision.Continue());
    }

    @Test
    void a_reduction_factor_of_one_is_refused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new HyperbandPruner(Direction.MAXIMISE, 1, 9, 1))
                .withMessageContaining("reduction factor of at least 2");
    }
}
