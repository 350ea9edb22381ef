package io.residual.tuning.confirm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.residual.training.run.MeanInterval;
import io.residual.tuning.search.Direction;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvFileSource;

class WorthTest {
    @ParameterizedTest
    @CsvFileSource(resources = "worth.csv", numLinesToSkip = 1)
    void the_interval_is_that_of_numpy_and_scipy(double low, double mean, double high, int winner, String values) {
        List<Candidate> candidates = new ArrayList<>();
        for (String candidate : values.split(";", -1)) {
            SortedMap<Integer, Double> bySeed = new TreeMap<>();
            for (String value : candidate.split(" ", -1)) {
                bySeed.put(bySeed.size(), Double.valueOf(value));
            }
            candidates.add(new Candidate(candidates.size(), 1, bySeed, ""));
        }

        MeanInterval worth = new Worth(Direction.MAXIMISE, candidates).of(candidates.get(winner));

        double tolerance = 1e-8 * (high - low); // the quantile is found by iteration, to less than 64 bits
        assertThat(worth.low()).isCloseTo(low, within(tolerance));
        assertThat(worth.mean()).isCloseTo(mean, within(tolerance));
        assertThat(worth.high()).isCloseTo(high, within(tolerance));
    }

    @Test
    void a_seed_that_decides_the_choice_does_not_count_for_its_own_luck() {
        // Each wins by one lucky seed of its own: without it, the other is chosen.
        Candidate first = new Candidate(0, 0.9, new TreeMap<>(Map.of(0, 0.99, 1, 0.80)), "");
        Candidate second = new Candidate(1, 0.9, new TreeMap<>(Map.of(0, 0.80, 1, 0.98)), "");

        assertThat(new Worth(Direction.MAXIMISE, List.of(first, second))
                        .of(first)
                        .mean())
                .isCloseTo(0.80, within(1e-12));
    }
}
