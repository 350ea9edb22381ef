package io.residual.tuning.search;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.residual.core.ResidualException;
import io.residual.tuning.search.Dimension.IntUniform;
import io.residual.tuning.search.Dimension.Uniform;
import io.residual.tuning.search.SearchSpace.Constraint;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SobolTest {
    private static final List<Parameter> PARAMETERS =
            List.of(Parameter.of("a", new Uniform(-2, 6)), Parameter.of("b", new IntUniform(1, 4, 1)));

    @Test
    void unscrambled_points_are_scipy_s() throws IOException {
        List<double[]> golden;
        try (InputStream in = SobolTest.class.getResourceAsStream("sobol-7.csv")) {
            golden = new String(in.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .map(line -> Arrays.stream(line.split(","))
                            .mapToDouble(Double::parseDouble)
                            .toArray())
                    .toList();
        }

        assertThat(golden).hasSize(64);
        for (int i = 0; i < golden.size(); i++) {
            assertThat(SobolPoints.plain(7, i)).as("point %d", i).containsExactly(golden.get(i));
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 77, -5})
    void scrambled_points_are_one_in_each_elementary_interval_of_two_dimensions(int seed) {
        SobolPoints points = new SobolPoints(2, new int[] {seed, 31 * seed + 7});
        for (int bits = 0; bits <= 6; bits++) {
            int columns = 1 << bits;
            int rows = 64 / columns;
            Set<Integer> cells = new HashSet<>();
            for (int i = 0; i < 64; i++) {
                double[] point = points.point(i);
                int column = (int) (point[0] * columns);
                cells.add(column * rows + (int) (point[1] * rows));
            }
            assertThat(cells).as("%d x %d cells", columns, rows).hasSize(64);
        }
    }

    @Test
    void seeds_give_different_points() {
        double[] one = new SobolPoints(3, new int[] {1, 2, 3}).point(5);
        double[] other = new SobolPoints(3, new int[] {4, 5, 6}).point(5);

        assertThat(one).doesNotContain(other);
        assertThat(one).isNotEqualTo(SobolPoints.plain(3, 5));
    }

    @Test
    void a_proposal_depends_on_seed_and_number_alone() {
        SearchSpace space = new SearchSpace(PARAMETERS, List.of());

        assertThat(new SobolSearcher(space, 3).propose(9, List.of()))
                .isEqualTo(new SobolSearcher(space, 3).propose(9, List.of()))
                .isNotEqualTo(new SobolSearcher(space, 4).propose(9, List.of()));
    }

    @Test
    void points_that_a_constraint_forbids_are_left_out() {
        SearchSpace space =
                new SearchSpace(PARAMETERS, List.of(new Constraint("a < b", a -> a.number("a") < a.whole("b"))));
        SobolSearcher searcher = new SobolSearcher(space, 1);

        assertThat(IntStream.range(0, 50).mapToObj(i -> searcher.propose(i, List.of())))
                .doesNotHaveDuplicates()
                .allMatch(a -> a.number("a") < a.whole("b"));
    }

    @Test
    void constraints_that_nothing_satisfies_are_named() {
        SearchSpace space = new SearchSpace(PARAMETERS, List.of(new Constraint("a > 6", a -> a.number("a") > 6)));

        assertThatThrownBy(() -> new SobolSearcher(space, 1).propose(0, List.of()))
                .isInstanceOf(ResidualException.class)
                .hasMessageContaining("a > 6")
                .hasMessageContaining("Loosen them");
    }
}
