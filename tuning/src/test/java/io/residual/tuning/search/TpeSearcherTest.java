package io.residual.tuning.search;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.residual.tuning.search.Dimension.Categorical;
import io.residual.tuning.search.Dimension.IntUniform;
import io.residual.tuning.search.Dimension.Uniform;
import io.residual.tuning.search.SearchSpace.Constraint;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.BiFunction;
import java.util.stream.DoubleStream;
import org.junit.jupiter.api.Test;

class TpeSearcherTest {
    private static final SearchSpace LINE = SearchSpace.of(Parameter.of("x", new Uniform(0, 10)));

    private static List<Observation> sweep(
            TpeSearcher searcher, int trials, BiFunction<Long, Assignment, Observation> outcome) {
        List<Observation> history = new ArrayList<>();
        for (long trial = 0; trial < trials; trial++) {
            history.add(outcome.apply(trial, searcher.propose(trial, history)));
        }
        return history;
    }

    private static TpeSearcher minimise(SearchSpace space, long seed) {
        return new TpeSearcher(space, List.of(Direction.MINIMISE), seed);
    }

    private static Observation distance(long trial, Assignment a) {
        return done(trial, a, Math.abs(a.number("x") - 7));
    }

    private static Observation done(long trial, Assignment assignment, double... objectives) {
        return Observation.done(
                trial, assignment, DoubleStream.of(objectives).boxed().toList());
    }

    private static Observation pruned(long trial, Assignment assignment, int epochs, double objective) {
        return Observation.of(trial, assignment, TrialState.PRUNED, new TreeMap<>(Map.of(epochs, objective)));
    }

    @Test
    void a_proposal_depends_on_seed_number_and_history_but_not_on_its_order() {
        List<Observation> history = sweep(minimise(LINE, 3), 40, TpeSearcherTest::distance);
        List<Observation> reversed = new ArrayList<>(history);
        Collections.reverse(reversed);

        Assignment proposed = minimise(LINE, 3).propose(40, history);
        assertThat(minimise(LINE, 3).propose(40, reversed)).isEqualTo(proposed);
        assertThat(minimise(LINE, 4).propose(40, history)).isNotEqualTo(proposed);
        assertThat(minimise(LINE, 3).propose(41, history)).isNotEqualTo(proposed);
        assertThat(minimise(LINE, 3).propose(40, history.subList(0, 39))).isNotEqualTo(proposed);
    }

    @Test
    void diverged_trials_teach_it_where_not_to_go() {
        int informed = 0;
        int naive = 0;
        for (int seed = 0; seed < 20; seed++) {
            List<Observation> history = new ArrayList<>();
            for (int trial = 0; trial < 40; trial++) {
                double x = 0.25 * trial;
                Assignment at = new Assignment(Map.of("x", x));
                history.add(
                        x > 6 ? Observation.of(trial, at, TrialState.DIVERGED, new TreeMap<>()) : done(trial, at, -x));
            }
            List<Observation> withoutDiverged =
                    history.stream().filter(o -> o.state() == TrialState.DONE).toList();
            informed += minimise(LINE, seed).propose(40, history).number("x") > 6 ? 1 : 0;
            naive += minimise(LINE, seed).propose(40, withoutDiverged).number("x") > 6 ? 1 : 0;
        }

        assertThat(informed).isLessThan(naive / 2);
    }

    @Test
    void trials_pruned_at_one_epoch_teach_as_much_as_finished_ones() {
        List<Observation> finished = sweep(minimise(LINE, 1), 30, TpeSearcherTest::distance);
        List<Observation> pruned =
                sweep(minimise(LINE, 1), 30, (trial, a) -> pruned(trial, a, 3, Math.abs(a.number("x") - 7)));

        assertThat(pruned.stream().map(Observation::assignment))
                .containsExactlyElementsOf(
                        finished.stream().map(Observation::assignment).toList());
    }

    @Test
    void a_trial_pruned_later_is_better_than_one_pruned_earlier_and_worse_than_a_finished_one() {
        List<Observation> history = new ArrayList<>();
        for (int trial = 0; trial < 20; trial++) {
            Assignment at = new Assignment(Map.of("x", 0.5 * trial));
            history.add(trial < 12 ? pruned(trial, at, 1, 0.1) : pruned(trial, at, 9, 0.5));
        }
        history.set(17, done(17, new Assignment(Map.of("x", 8.5)), 0.9));

        assertThat(TrialSplit.of(history, Direction.MINIMISE).good()).containsExactly(12, 17);
    }

    @Test
    void running_trials_keep_parallel_workers_apart() {
        List<Observation> history = new ArrayList<>(sweep(minimise(LINE, 1), 40, TpeSearcherTest::distance));
        for (int trial = 40; trial < 60; trial++) {
            history.add(Observation.of(
                    trial, minimise(LINE, 1).propose(trial, history), TrialState.RUNNING, new TreeMap<>()));
        }

        double[] running = history.subList(40, 60).stream()
                .mapToDouble(o -> o.assignment().number("x"))
                .sorted()
                .toArray();
        assertThat(running[19] - running[0]).isGreaterThan(2);
    }

    @Test
    void a_running_trial_may_have_other_parameters_than_any_finished_one() {
        SearchSpace space = SearchSpace.of(
                Parameter.of("model", new Categorical(List.of("linear", "deep"))),
                Parameter.of("x", new Uniform(0, 1)),
                Parameter.of("depth", new IntUniform(1, 6, 1)).onlyIf("model", Set.of("deep")));
        List<Observation> history = new ArrayList<>();
        for (int trial = 0; trial < 20; trial++) {
            history.add(done(
                    trial,
                    new Assignment(Map.of("model", "deep", "x", trial / 20.0, "depth", 1L + trial % 6)),
                    trial % 7));
        }
        history.add(Observation.of(
                20, new Assignment(Map.of("model", "linear", "x", 0.5)), TrialState.RUNNING, new TreeMap<>()));

        assertThat(minimise(space, 1).propose(21, history)).matches(space::contains);
    }

    @Test
    void of_a_small_space_every_assignment_is_tried_before_one_is_tried_again() {
        SearchSpace small = new SearchSpace(
                List.of(
                        Parameter.of("depth", new IntUniform(1, 6, 1)),
                        Parameter.of("flavour", new Categorical(List.of("book", "torchvision")))),
                List.of(new Constraint(
                        "not a deep book",
                        a -> !(a.whole("depth") > 4 && a.choice("flavour").equals("book")))));

        List<Observation> history = sweep(minimise(small, 1), 10, (trial, a) -> done(trial, a, a.number("depth")));

        assertThat(history.stream().map(Observation::assignment))
                .doesNotHaveDuplicates()
                .allMatch(small::contains);
        assertThat(minimise(small, 1).propose(10, history)).matches(small::contains);
    }

    @Test
    void with_two_objectives_it_dominates_more_than_it_did_at_random() {
        SearchSpace square = SearchSpace.of(Parameter.of("x", new Uniform(0, 1)), Parameter.of("y", new Uniform(0, 1)));
        List<Direction> directions = List.of(Direction.MAXIMISE, Direction.MINIMISE);

        double found = 0;
        double random = 0;
        for (int seed = 0; seed < 10; seed++) {
            List<Observation> history = sweep(new TpeSearcher(square, directions, seed), 80, TpeSearcherTest::tradeOff);
            found += volume(history, directions);
            List<Observation> drawn = new ArrayList<>();
            for (int trial = 0; trial < 80; trial++) {
                Assignment a = new TpeSearcher(square, directions, 100 + seed).propose(trial, List.of());
                drawn.add(tradeOff(trial, a));
            }
            random += volume(drawn, directions);
        }

        // The whole front, y = 0.5 at any x, dominates 0.5.
        assertThat(found / 10).isGreaterThan(random / 10 + 0.02).isLessThan(0.5);
    }

    /** Gain x and cost x, both worse away from y = 0.5. */
    private static Observation tradeOff(long trial, Assignment a) {
        double off = Math.abs(a.number("y") - 0.5);
        return done(trial, a, a.number("x") - off, a.number("x") + off);
    }

    private static double volume(List<Observation> history, List<Direction> directions) {
        return ParetoFront.hypervolume(
                history.stream().map(Observation::objectives).toList(), directions, List.of(0.0, 1.0));
    }

    @Test
    void three_objectives_are_refused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new TpeSearcher(LINE, Collections.nCopies(3, Direction.MINIMISE), 1))
                .withMessageContaining("one objective or two, got 3");
    }
}
