package io.residual.tuning.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.residual.tuning.search.Assignment;
import io.residual.tuning.search.Dimension.Categorical;
import io.residual.tuning.search.Dimension.LogUniform;
import io.residual.tuning.search.Dimension.Uniform;
import io.residual.tuning.search.Direction;
import io.residual.tuning.search.Observation;
import io.residual.tuning.search.Parameter;
import io.residual.tuning.search.SearchSpace;
import io.residual.tuning.search.SobolSearcher;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class FanovaImportanceTest {
    private static List<Observation> observe(SearchSpace space, int trials, ToDoubleFunction<Assignment> objective) {
        SobolSearcher points = new SobolSearcher(space, 1);
        return LongStream.range(0, trials)
                .mapToObj(t -> points.propose(t, List.of()))
                .map(a -> Observation.done(0, a, List.of(objective.applyAsDouble(a))))
                .toList();
    }

    @Test
    void shares_of_the_ishigami_function_are_those_of_optuna_on_a_forest_of_scikit_learn() throws IOException {
        SearchSpace space = SearchSpace.of(
                Parameter.of("x1", new Uniform(-Math.PI, Math.PI)),
                Parameter.of("x2", new Uniform(-Math.PI, Math.PI)),
                Parameter.of("x3", new Uniform(-Math.PI, Math.PI)));
        List<double[]> lines = golden();
        List<Observation> history = lines.subList(0, 256).stream()
                .map(v ->
                        Observation.done(0, new Assignment(Map.of("x1", v[0], "x2", v[1], "x3", v[2])), List.of(v[3])))
                .toList();

        Map<String, Double> shares = FanovaImportance.of(space, history, Direction.MINIMISE, 1);

        // Forests of different seeds differ by 0.01 to 0.02 here.
        double[] expected = lines.get(256);
        assertThat(shares.keySet()).containsExactly("x1", "x2", "x3");
        assertThat(shares.get("x1")).isCloseTo(expected[0], within(0.03));
        assertThat(shares.get("x2")).isCloseTo(expected[1], within(0.03));
        assertThat(shares.get("x3")).isCloseTo(expected[2], within(0.03));
    }

    private static List<double[]> golden() throws IOException {
        try (InputStream in = FanovaImportanceTest.class.getResourceAsStream("fanova.csv")) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .map(line -> Arrays.stream(line.split(","))
                            .mapToDouble(Double::parseDouble)
                            .toArray())
                    .toList();
        }
    }

    @Test
    void shares_of_an_additive_function_are_those_of_its_terms_also_where_they_are_logarithmic_or_words() {
        SearchSpace space = SearchSpace.of(
                Parameter.of("rate", new LogUniform(0.001, 1)),
                Parameter.of("flavour", new Categorical(List.of("book", "torchvision", "paper"))),
                Parameter.of("idle", new Uniform(0, 1)));

        // Variances: of 3 + log10(rate), uniform on [0, 3]: 9/12; of 2, 0, 0: 8/9.
        Map<String, Double> shares = FanovaImportance.of(
                space,
                observe(
                        space,
                        256,
                        a -> 3
                                + Math.log10(a.number("rate"))
                                + (a.choice("flavour").equals("book") ? 2 : 0)),
                Direction.MAXIMISE,
                1);

        double whole = 9.0 / 12 + 8.0 / 9;
        assertThat(shares.get("rate")).isCloseTo(9.0 / 12 / whole, within(0.03));
        assertThat(shares.get("flavour")).isCloseTo(8.0 / 9 / whole, within(0.03));
        assertThat(shares.get("idle")).isCloseTo(0, within(0.01));
    }

    @Test
    void nothing_is_told_of_few_trials_or_of_equal_values() {
        SearchSpace space = SearchSpace.of(Parameter.of("x", new Uniform(0, 1)));

        assertThat(FanovaImportance.of(space, observe(space, 3, a -> a.number("x")), Direction.MINIMISE, 1))
                .isEmpty();
        assertThat(FanovaImportance.of(space, observe(space, 20, a -> 0.5), Direction.MINIMISE, 1))
                .isEmpty();
    }
}
