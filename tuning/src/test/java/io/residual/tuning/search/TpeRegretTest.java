package io.residual.tuning.search;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Regret after 100 trials against Optuna's, see {@code generate_optuna_regret.py}. */
@Tag("slow")
class TpeRegretTest {
    private static final int TRIALS = 100;
    private static final int SEEDS = 200;

    @ParameterizedTest
    @EnumSource
    void median_regret_is_at_most_a_tenth_above_that_of_optuna_and_clearly_below_random(TestFunction function)
            throws IOException {
        double ours = median(LongStream.range(0, SEEDS)
                .parallel()
                .mapToDouble(seed -> regret(function, seed))
                .toArray());

        assertThat(ours).isLessThan(1.1 * optuna(function, "tpe")).isLessThan(0.5 * optuna(function, "random"));
    }

    private static double regret(TestFunction function, long seed) {
        TpeSearcher searcher = new TpeSearcher(function.space(), List.of(Direction.MINIMISE), seed);
        List<Observation> history = new ArrayList<>();
        double best = Double.POSITIVE_INFINITY;
        for (int trial = 0; trial < TRIALS; trial++) {
            Assignment proposed = searcher.propose(trial, history);
            double value = function.value(proposed);
            history.add(Observation.done(trial, proposed, List.of(value)));
            best = Math.min(best, value);
        }
        return function.regret(best);
    }

    private static double optuna(TestFunction function, String sampler) throws IOException {
        String start = String.format(Locale.ROOT, "%s,%s,", function.name().toLowerCase(Locale.ROOT), sampler);
        try (InputStream in = TpeRegretTest.class.getResourceAsStream("optuna-regret.csv")) {
            return median(new String(in.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .filter(line -> line.startsWith(start))
                    .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(',') + 1)))
                    .toArray());
        }
    }

    private static double median(double[] values) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        return 0.5 * (sorted[(sorted.length - 1) / 2] + sorted[sorted.length / 2]);
    }
}
