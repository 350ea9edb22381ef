package io.residual.tuning.search;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.residual.tuning.search.Dimension.Categorical;
import io.residual.tuning.search.Dimension.IntUniform;
import io.residual.tuning.search.Dimension.LogUniform;
import io.residual.tuning.search.Dimension.Uniform;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Parts of the estimator against Optuna's, see {@code generate_parzen.py}. */
class OptunaAgreementTest {
    private static final int OBSERVED = 40;
    private static final List<Parameter> PARAMETERS = List.of(
            Parameter.of("uniform", new Uniform(-5, 10)),
            Parameter.of("logUniform", new LogUniform(1e-4, 1)),
            Parameter.of("whole", new IntUniform(16, 112, 16)),
            Parameter.of("word", new Categorical(List.of("book", "torchvision", "paper"))));

    private static List<String[]> lines(String name) throws IOException {
        try (InputStream in = OptunaAgreementTest.class.getResourceAsStream(name)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .map(line -> line.split(",", -1))
                    .toList();
        }
    }

    private static Assignment assignment(String[] fields) {
        return new Assignment(Map.of(
                "uniform", Double.valueOf(fields[0]),
                "logUniform", Double.valueOf(fields[1]),
                "whole", Long.valueOf(fields[2]),
                "word", fields[3]));
    }

    private static double[] places(Parameter parameter, List<Assignment> observed) {
        return observed.stream()
                .mapToDouble(a ->
                        parameter.dimension().place(a.value(parameter.name()).orElseThrow()))
                .toArray();
    }

    @Test
    void the_density_of_real_whole_and_categorical_values_is_optuna_s() throws IOException {
        List<String[]> lines = lines("parzen.csv");
        List<Assignment> observed = lines.subList(0, OBSERVED).stream()
                .map(OptunaAgreementTest::assignment)
                .toList();
        ParzenEstimator estimator = new ParzenEstimator(
                PARAMETERS, PARAMETERS.stream().map(p -> places(p, observed)).toList(), TrialSplit.weights(OBSERVED));

        List<String[]> points = lines.subList(OBSERVED, lines.size());
        assertThat(points).hasSize(12);
        for (String[] point : points) {
            // Optuna's erf is a polynomial that is good to 1e-15 or so.
            assertThat(estimator.logDensity(assignment(point).values()))
                    .isCloseTo(Double.parseDouble(point[4]), within(1e-9));
        }
    }

    @Test
    void the_best_points_of_two_losses_and_their_weights_are_optuna_s() throws IOException {
        List<String[]> lines = lines("pareto-choice.csv");
        List<double[]> losses = lines.stream()
                .map(f -> new double[] {Double.parseDouble(f[0]), Double.parseDouble(f[1])})
                .toList();

        List<Integer> best =
                HypervolumeSelection.best(losses, 6).stream().sorted().toList();
        List<Double> weights = HypervolumeSelection.contributions(
                best.stream().map(losses::get).toList());

        assertThat(best)
                .isEqualTo(IntStream.range(0, lines.size())
                        .filter(i -> !lines.get(i)[2].isEmpty())
                        .boxed()
                        .toList());
        for (int i = 0; i < best.size(); i++) {
            assertThat(weights.get(i)).isCloseTo(Double.parseDouble(lines.get(best.get(i))[2]), within(1e-9));
        }
    }

    @Test
    void a_tenth_of_the_trials_is_good_but_no_more_than_25() {
        assertThat(IntStream.of(1, 10, 11, 99, 250, 400).map(TrialSplit::goodCount))
                .containsExactly(1, 1, 2, 10, 25, 25);
    }

    @Test
    void weights_of_old_trials_rise_to_those_of_the_25_latest() {
        assertThat(TrialSplit.weights(25)).containsOnly(1.0);
        assertThat(TrialSplit.weights(28))
                .startsWith(1.0 / 28, 0.5 + 0.5 / 28, 1.0)
                .endsWith(1.0);
    }
}
