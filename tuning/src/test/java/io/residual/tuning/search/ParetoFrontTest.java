package io.residual.tuning.search;

import static io.residual.tuning.search.Direction.MAXIMISE;
import static io.residual.tuning.search.Direction.MINIMISE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class ParetoFrontTest {
    /** Accuracy and images per second. */
    private static final List<List<Double>> TRIALS = List.of(
            List.of(0.90, 100.0),
            List.of(0.85, 300.0),
            List.of(0.84, 250.0),
            List.of(0.90, 90.0),
            List.of(0.70, 500.0),
            List.of(0.85, 300.0));

    @Test
    void the_front_has_what_no_other_trial_beats_and_equals_together() {
        assertThat(ParetoFront.of(TRIALS, List.of(MAXIMISE, MAXIMISE))).containsExactly(0, 1, 4, 5);
        assertThat(ParetoFront.of(TRIALS, List.of(MAXIMISE, MINIMISE))).containsExactly(3);
    }

    @Test
    void ranks_peel_front_after_front() {
        List<double[]> losses = List.of(
                new double[] {1, 4}, new double[] {2, 5}, new double[] {3, 1}, new double[] {4, 6}, new double[] {2, 4.5
                });

        assertThat(ParetoFront.ranks(losses)).containsExactly(0, 2, 0, 3, 1);
    }

    @Test
    void the_rank_of_a_point_is_one_more_than_the_highest_of_those_that_dominate_it() {
        Random random = new Random(1);
        List<double[]> losses = Stream.generate(() -> new double[] {random.nextInt(30), random.nextInt(30)})
                .limit(400)
                .toList();
        int[] ranks = ParetoFront.ranks(losses);

        for (int i = 0; i < ranks.length; i++) {
            double[] point = losses.get(i);
            int highest = IntStream.range(0, ranks.length)
                    .filter(other -> losses.get(other)[0] <= point[0]
                            && losses.get(other)[1] <= point[1]
                            && !Arrays.equals(losses.get(other), point))
                    .map(other -> ranks[other])
                    .max()
                    .orElse(-1);
            assertThat(ranks[i]).isEqualTo(highest + 1);
        }
    }

    @Test
    void the_hypervolume_is_the_area_that_the_front_dominates() {
        // Steps of the staircase above (0.5, 50): 0.2 x 450, 0.15 x 250, 0.05 x 50.
        assertThat(ParetoFront.hypervolume(TRIALS, List.of(MAXIMISE, MAXIMISE), List.of(0.5, 50.0)))
                .isCloseTo(0.2 * 450 + 0.15 * 250 + 0.05 * 50, within(1e-9));
    }

    @Test
    void points_beyond_the_reference_add_nothing() {
        assertThat(ParetoFront.hypervolume(TRIALS, List.of(MAXIMISE, MAXIMISE), List.of(0.88, 95.0)))
                .isCloseTo(0.02 * 5, within(1e-9));
    }

    @Test
    void a_missing_objective_is_refused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ParetoFront.of(List.of(List.of(0.9)), List.of(MAXIMISE, MAXIMISE)))
                .withMessageContaining("each of 2 objectives");
    }
}
