package io.residual.tuning.arbiter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.residual.tuning.search.Assignment;
import io.residual.tuning.search.Dimension.Categorical;
import io.residual.tuning.search.Dimension.IntUniform;
import io.residual.tuning.search.Dimension.LogUniform;
import io.residual.tuning.search.Direction;
import io.residual.tuning.search.Observation;
import io.residual.tuning.search.Parameter;
import io.residual.tuning.search.SearchSpace;
import io.residual.tuning.search.SearchSpace.Constraint;
import io.residual.tuning.search.Searcher;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Set;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class ArbiterSearchersTest {
    private static final SearchSpace SPACE = SearchSpace.of(
            Parameter.of("schedule", new Categorical(List.of("constant", "cosine"))),
            Parameter.of("depth", new IntUniform(18, 50, 16)),
            Parameter.of("rate", new LogUniform(0.01, 1)),
            Parameter.of("lowestRate", new LogUniform(1e-4, 1e-2)).onlyIf("schedule", Set.of("cosine")));

    private static Map<String, Object> values(Object... namesAndValues) {
        Map<String, Object> values = new LinkedHashMap<>();
        for (int i = 0; i < namesAndValues.length; i += 2) {
            values.put((String) namesAndValues[i], namesAndValues[i + 1]);
        }
        return values;
    }

    @Test
    void random_assignments_belong_to_the_space_and_depend_on_the_trial_alone() {
        RandomSearcher searcher = new RandomSearcher(SPACE, 7);

        assertThat(LongStream.range(0, 200).mapToObj(t -> searcher.propose(t, List.of())))
                .doesNotHaveDuplicates()
                .allMatch(SPACE::contains);
        assertThat(new RandomSearcher(SPACE, 7).propose(150, List.of())).isEqualTo(searcher.propose(150, List.of()));
        assertThat(new RandomSearcher(SPACE, 8).propose(150, List.of())).isNotEqualTo(searcher.propose(150, List.of()));
    }

    @Test
    void random_rates_are_as_often_below_as_above_the_middle_of_their_logarithms() {
        RandomSearcher searcher = new RandomSearcher(SPACE, 1);

        long below = LongStream.range(0, 1_000)
                .filter(t -> searcher.propose(t, List.of()).number("rate") < 0.1)
                .count();

        // Five standard deviations of the binomial distribution.
        assertThat(below).isBetween(500L - 79, 500L + 79);
    }

    @Test
    void a_grid_has_each_combination_once_with_its_ends_and_without_what_has_no_effect() {
        GridSearcher grid = new GridSearcher(SPACE, 3);

        // constant: 3 depths x 3 rates; cosine: 3 x 3 x 3
        assertThat(grid.trials()).hasValue(9 + 27);
        List<Assignment> all = LongStream.range(0, 36)
                .mapToObj(t -> grid.propose(t, List.of()))
                .toList();
        assertThat(all).doesNotHaveDuplicates().allMatch(SPACE::contains);
        assertThat(all.stream().map(a -> a.whole("depth")).distinct()).containsExactly(18L, 34L, 50L);
        assertThat(all).contains(new Assignment(values("schedule", "constant", "depth", 18L, "rate", 0.01)));
        assertThat(all)
                .contains(new Assignment(values("schedule", "cosine", "depth", 50L, "rate", 1.0, "lowestRate", 0.01)));
        assertThatThrownBy(() -> grid.propose(36, List.of()))
                .isInstanceOf(NoSuchElementException.class)
                .hasMessageContaining("36 points");
    }

    @Test
    void a_grid_leaves_out_what_a_constraint_forbids() {
        SearchSpace space =
                new SearchSpace(SPACE.parameters(), List.of(new Constraint("depth > 18", a -> a.whole("depth") > 18)));

        assertThat(new GridSearcher(space, 2).trials()).hasValue(2 * 2 + 2 * 2 * 2);
    }

    @Test
    void genetic_search_gets_better_than_random_search() {
        double genetic = 0;
        double random = 0;
        for (long seed = 0; seed < 10; seed++) {
            genetic += best(new GeneticSearcher(SPACE, Direction.MINIMISE, seed));
            random += best(new RandomSearcher(SPACE, seed));
        }

        assertThat(genetic).isLessThan(0.5 * random);
    }

    @Test
    void genetic_proposals_repeat_for_the_same_history() {
        GeneticSearcher searcher = new GeneticSearcher(SPACE, Direction.MINIMISE, 5);
        List<Observation> history = sweep(searcher, 60);

        assertThat(sweep(new GeneticSearcher(SPACE, Direction.MINIMISE, 5), 60)).isEqualTo(history);
        assertThat(history.stream().map(Observation::assignment))
                .doesNotHaveDuplicates()
                .allMatch(SPACE::contains);
    }

    private static List<Observation> sweep(Searcher searcher, int trials) {
        List<Observation> history = new ArrayList<>();
        for (int trial = 0; trial < trials; trial++) {
            Assignment proposed = searcher.propose(trial, history);
            history.add(Observation.done(trial, proposed, List.of(loss(proposed))));
        }
        return history;
    }

    private static double best(Searcher searcher) {
        return sweep(searcher, 150).stream()
                .mapToDouble(o -> loss(o.assignment()))
                .min()
                .orElseThrow();
    }

    private static double loss(Assignment a) {
        double schedule = a.has("lowestRate") ? Math.abs(Math.log10(a.number("lowestRate")) + 3.1) : 0.7;
        return schedule + Math.abs(Math.log10(a.number("rate")) + 0.9) + (a.whole("depth") == 34 ? 0 : 0.3);
    }
}
