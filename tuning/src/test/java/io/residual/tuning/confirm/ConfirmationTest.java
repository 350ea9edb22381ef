package io.residual.tuning.confirm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.residual.tuning.confirm.Confirmation.Progress;
import io.residual.tuning.confirm.Confirmation.Run;
import io.residual.tuning.search.Direction;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class ConfirmationTest {
    private static Candidate candidate(long trial, double found, double... values) {
        SortedMap<Integer, Double> bySeed = new TreeMap<>();
        for (int seed = 0; seed < values.length; seed++) {
            bySeed.put(seed, values[seed]);
        }
        return new Candidate(trial, found, bySeed, "");
    }

    private static Confirmation accuracies(int seeds, Candidate... candidates) {
        return new Confirmation(Direction.MAXIMISE, seeds, List.of(candidates));
    }

    @Test
    void the_winner_is_the_best_of_the_fresh_seeds_and_its_bias_is_what_the_search_found_too_much() {
        Winner winner = accuracies(
                        3,
                        candidate(12, 0.9142, 0.9069, 0.9071, 0.9073),
                        candidate(4, 0.9121, 0.9090, 0.9094, 0.9101),
                        candidate(7, 0.9120, 0.9060, 0.9061, 0.9065))
                .winner()
                .orElseThrow();

        assertThat(winner.candidate().trial()).isEqualTo(4);
        assertThat(winner.worth().mean()).isCloseTo(0.9095, within(1e-12));
        assertThat(winner.bias()).isCloseTo(0.0026, within(1e-12));
        assertThat(winner.second().orElseThrow().candidate().trial()).isEqualTo(12);
    }

    @Test
    void the_second_is_distinguishable_if_the_interval_of_paired_differences_is_above_zero() {
        // Seeds that are good for one are good for the other: means overlap, differences do not.
        Winner paired = accuracies(3, candidate(1, 0.9, 0.80, 0.85, 0.90), candidate(2, 0.9, 0.79, 0.842, 0.888))
                .winner()
                .orElseThrow();
        Winner unpaired = accuracies(3, candidate(1, 0.9, 0.80, 0.85, 0.90), candidate(2, 0.9, 0.888, 0.842, 0.79))
                .winner()
                .orElseThrow();

        assertThat(paired.candidate().trial()).isEqualTo(1);
        assertThat(paired.second().orElseThrow().isDistinguishable()).isTrue();
        assertThat(unpaired.candidate().trial()).isEqualTo(1);
        assertThat(unpaired.second().orElseThrow().isDistinguishable()).isFalse();
    }

    @Test
    void a_loss_is_flattered_by_being_found_too_small() {
        Winner winner = new Confirmation(
                        Direction.MINIMISE, 2, List.of(candidate(0, 0.30, 0.33, 0.35), candidate(1, 0.31, 0.34, 0.37)))
                .winner()
                .orElseThrow();

        assertThat(winner.candidate().trial()).isZero();
        assertThat(winner.bias()).isCloseTo(0.04, within(1e-12));
        assertThat(winner.second().orElseThrow().advantage().mean()).isCloseTo(0.015, within(1e-12));
    }

    @Test
    void seeds_are_trained_one_after_another_over_all_candidates() {
        Confirmation confirmation = accuracies(2, candidate(5, 0.9, 0.8), candidate(3, 0.9));

        assertThat(confirmation.progress().missing()).containsExactly(new Run(3, 0), new Run(5, 1), new Run(3, 1));
        assertThat(confirmation.winner()).isEmpty();
    }

    @Test
    void after_four_seeds_a_candidate_that_was_worse_with_each_is_stopped_and_the_winner_is_known() {
        Confirmation confirmation =
                accuracies(10, candidate(5, 0.93, 0.81, 0.82, 0.83, 0.84), candidate(3, 0.92, 0.85, 0.83, 0.84, 0.86));

        Progress progress = confirmation.progress();
        assertThat(progress.stopped()).containsOnlyKeys(5L).containsEntry(5L, 1.0 / 16);
        assertThat(progress.missing()).as("six seeds are saved").isEmpty();
        assertThat(confirmation.winner().orElseThrow().candidate().trial()).isEqualTo(3);
        assertThat(confirmation.winner().orElseThrow().worth().seeds()).isEqualTo(4);
    }

    @Test
    void one_that_was_better_with_a_single_seed_of_four_goes_on() {
        Confirmation confirmation =
                accuracies(10, candidate(5, 0.93, 0.81, 0.82, 0.85, 0.84), candidate(3, 0.92, 0.85, 0.83, 0.84, 0.86));

        assertThat(confirmation.progress().stopped()).isEmpty();
        assertThat(confirmation.progress().missing())
                .as("the next seed alone: after it, one may be stopped")
                .containsExactly(new Run(5, 4), new Run(3, 4));
    }

    @Test
    void nothing_is_decided_while_a_run_of_the_seed_is_missing() {
        Confirmation confirmation =
                accuracies(10, candidate(5, 0.93, 0.81, 0.82, 0.83, 0.84), candidate(3, 0.92, 0.85, 0.83, 0.84));

        assertThat(confirmation.progress().stopped()).isEmpty();
        assertThat(confirmation.progress().missing()).containsExactly(new Run(3, 3));
    }

    @Test
    void a_candidate_of_which_a_fresh_run_diverged_does_not_win() {
        Candidate diverged = new Candidate(9, 0.95, new TreeMap<>(), "the loss is NaN");
        Confirmation confirmation = accuracies(2, diverged, candidate(1, 0.9, 0.88, 0.89));

        assertThat(confirmation.progress().missing()).isEmpty();
        assertThat(confirmation.winner().orElseThrow().candidate().trial()).isEqualTo(1);
        assertThat(confirmation.winner().orElseThrow().second()).isEmpty();
        assertThat(accuracies(2, diverged).winner()).as("of all").isEmpty();
    }

    @Test
    void a_single_candidate_has_all_its_seeds() {
        assertThat(accuracies(6, candidate(1, 0.9, 0.88, 0.89, 0.88, 0.87))
                        .progress()
                        .missing())
                .containsExactly(new Run(1, 4), new Run(1, 5));
    }
}
