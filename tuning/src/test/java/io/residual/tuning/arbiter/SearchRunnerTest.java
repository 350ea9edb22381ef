package io.residual.tuning.arbiter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.residual.tuning.search.Assignment;
import io.residual.tuning.search.Dimension.Uniform;
import io.residual.tuning.search.Direction;
import io.residual.tuning.search.Observation;
import io.residual.tuning.search.Outcome;
import io.residual.tuning.search.Parameter;
import io.residual.tuning.search.SearchSpace;
import io.residual.tuning.search.TpeSearcher;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class SearchRunnerTest {
    private static final SearchSpace SPACE = SearchSpace.of(Parameter.of("x", new Uniform(0, 10)));

    private static SearchRunner search(long trials, int workers) {
        return new SearchRunner(
                new TpeSearcher(SPACE, List.of(Direction.MINIMISE), 3),
                Direction.MINIMISE,
                trials,
                Optional.empty(),
                workers);
    }

    private static Outcome outcome(long trial, Assignment assignment) {
        return trial == 4 ? new Outcome.Diverged() : Outcome.Finished.of(Math.pow(assignment.number("x") - 7, 2));
    }

    @Test
    void every_trial_runs_once_and_teaches_the_searcher() throws Exception {
        AtomicInteger runs = new AtomicInteger();

        List<Observation> all = search(30, 1).run(List.of(), (trial, assignment) -> {
            runs.incrementAndGet();
            return outcome(trial, assignment);
        });

        List<Observation> byHand = new ArrayList<>();
        for (int trial = 0; trial < 30; trial++) {
            Assignment proposed = search(30, 1).searcher().propose(trial, byHand);
            byHand.add(new Observation(trial, proposed, outcome(trial, proposed)));
        }
        assertThat(runs).hasValue(30);
        assertThat(all).isEqualTo(byHand);
        assertThat(all.get(4).outcome()).isEqualTo(new Outcome.Diverged());
    }

    @Test
    void a_search_that_is_continued_tries_what_the_unbroken_one_would_have() throws Exception {
        List<Observation> unbroken = search(24, 1).run(List.of(), SearchRunnerTest::outcome);
        List<Observation> begun = search(13, 1).run(List.of(), SearchRunnerTest::outcome);

        assertThat(begun).isEqualTo(unbroken.subList(0, 13));
        assertThat(search(24, 1).run(begun, SearchRunnerTest::outcome)).isEqualTo(unbroken);
        assertThat(search(24, 1).run(unbroken, SearchRunnerTest::outcome)).isEqualTo(unbroken);
    }

    @Test
    void as_many_trials_run_at_a_time_as_there_are_workers() throws Exception {
        CyclicBarrier three = new CyclicBarrier(3);

        List<Observation> all = search(12, 3).run(List.of(), (trial, assignment) -> {
            three.await(30, TimeUnit.SECONDS);
            return outcome(trial, assignment);
        });

        assertThat(all).hasSize(12).noneMatch(o -> o.outcome() instanceof Outcome.Running);
    }

    @Test
    void a_search_ends_with_its_time_and_interrupts_what_runs() throws Exception {
        SearchRunner search = new SearchRunner(
                new RandomSearcher(SPACE, 1), Direction.MINIMISE, 1_000, Optional.of(Duration.ofMillis(1_500)), 2);

        List<Observation> all = search.run(List.of(), (trial, assignment) -> {
            if (trial == 3) {
                Thread.sleep(600_000);
            }
            Thread.sleep(20);
            return outcome(trial, assignment);
        });

        assertThat(all).hasSizeBetween(4, 999);
        assertThat(all.get(3).outcome()).isEqualTo(new Outcome.Running());
    }

    @Test
    void a_fault_of_the_runner_ends_the_search_and_is_told() {
        AtomicInteger runs = new AtomicInteger();

        assertThatThrownBy(() -> search(30, 1).run(List.of(), (trial, assignment) -> {
                    if (runs.incrementAndGet() == 5) {
                        throw new IOException("no space left on device");
                    }
                    return outcome(trial, assignment);
                }))
                .isInstanceOf(IOException.class)
                .hasMessage("no space left on device");
        assertThat(runs).hasValue(5);
    }
}
