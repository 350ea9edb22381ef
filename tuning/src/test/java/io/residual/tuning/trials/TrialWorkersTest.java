package io.residual.tuning.trials;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.residual.core.ResidualException.Kind;
import io.residual.training.config.SpecFile;
import io.residual.training.loop.EpochMetrics;
import io.residual.tuning.search.Assignment;
import io.residual.tuning.search.Observation;
import io.residual.tuning.search.TpeSearcher;
import io.residual.tuning.search.TrialState;
import io.residual.tuning.sweep.Objective;
import io.residual.tuning.sweep.Sweep;
import io.residual.tuning.sweep.SweepFile;
import io.residual.tuning.trials.SweepHandle.StopReason;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class TrialWorkersTest {
    private static final String TEXT = """
        overrides: {epochs: 1}
        space: {learningRate: {uniform: [0.1, 9.9]}}
        objective: validationLoss
        seed: 3
        budget: {trials: 30}
        """;

    private static final Sweep SWEEP = SweepFile.parse("a.yaml", TEXT);

    @TempDir
    Path directory;

    private static double loss(double rate) {
        return Math.pow(rate - 7, 2);
    }

    private static TrialResult train(TrialExecutor.Job job, TrialExecutor.EpochListener listener) {
        if (number(job) == 4) {
            return new TrialResult.Diverged("the loss is NaN");
        }
        double rate = SpecFile.read(job.specFile(), Kind.BAD_RUN).optimisation().learningRate();
        listener.after(new EpochMetrics(1, 0.1, 1, 0.5, loss(rate), 0.5, 500, 2));
        return new TrialResult.Complete();
    }

    private static long number(TrialExecutor.Job job) {
        return Long.parseLong(
                String.valueOf(String.valueOf(job.specFile().getParent().getFileName())));
    }

    @Test
    void every_trial_runs_once_and_informs_the_searcher() {
        AtomicInteger runs = new AtomicInteger();

        List<Trial> all = run(directory, 30, 1, (job, listener) -> {
            runs.incrementAndGet();
            return train(job, listener);
        });

        List<Observation> byHand = new ArrayList<>();
        TpeSearcher searcher =
                new TpeSearcher(SWEEP.space(), List.of(Objective.VALIDATION_LOSS.direction()), SWEEP.seed());
        for (int trial = 0; trial < 30; trial++) {
            Assignment proposed = searcher.propose(trial, byHand);
            byHand.add(
                    trial == 4
                            ? Observation.of(trial, proposed, TrialState.DIVERGED, new TreeMap<>())
                            : Observation.done(trial, proposed, List.of(loss((Double)
                                    proposed.value("learningRate").orElseThrow()))));
        }
        assertThat(runs).hasValue(30);
        assertThat(all)
                .extracting(Trial::assignment)
                .containsExactlyElementsOf(
                        byHand.stream().map(Observation::assignment).toList());
        assertThat(all.get(4).state()).isEqualTo(TrialState.DIVERGED);
    }

    @Test
    void a_sweep_that_is_resumed_tries_what_the_uninterrupted_one_would_have() {
        List<Trial> unbroken = run(directory.resolve("unbroken"), 24, 1, TrialWorkersTest::train);
        Path broken = directory.resolve("broken");

        assertThat(run(broken, 13, 1, TrialWorkersTest::train)).isEqualTo(unbroken.subList(0, 13));
        assertThat(run(broken, 24, 1, TrialWorkersTest::train)).isEqualTo(unbroken);
        assertThat(run(broken, 24, 1, (job, listener) -> {
                    throw new IllegalStateException("a finished sweep trains nothing");
                }))
                .isEqualTo(unbroken);
    }

    @Test
    void as_many_trials_run_at_a_time_as_there_are_workers() {
        CyclicBarrier three = new CyclicBarrier(3);

        List<Trial> all = run(directory, 12, 3, (job, listener) -> {
            try {
                three.await(30, TimeUnit.SECONDS);
            } catch (BrokenBarrierException | TimeoutException e) {
                throw new IllegalStateException(e);
            }
            return train(job, listener);
        });

        assertThat(all)
                .hasSize(12)
                .allMatch(trial -> trial.state() == TrialState.DONE || trial.state() == TrialState.DIVERGED);
    }

    @Test
    void a_sweep_ends_at_its_time_limit_and_interrupts_what_runs() {
        try (SweepHandle handle = SweepHandle.create(
                directory, "a.yaml", TEXT.replace("trials: 30", "trials: 1000, time: 2s"), UnaryOperator.identity())) {
            StopReason reason = handle.run(
                    2,
                    (job, listener) -> {
                        Thread.sleep(number(job) == 3 ? 600_000 : 20);
                        return train(job, listener);
                    },
                    (trial, progress) -> {});

            assertThat(reason).isEqualTo(StopReason.TIME_LIMIT);
            assertThat(handle.trials()).hasSizeBetween(4, 999);
            assertThat(handle.trials().get(3).state()).isEqualTo(TrialState.WAITING);
        }
    }

    @Test
    void a_failure_of_the_executor_ends_the_sweep_and_is_thrown() {
        AtomicInteger runs = new AtomicInteger();

        assertThatThrownBy(() -> run(directory, 30, 1, (job, listener) -> {
                    if (runs.incrementAndGet() == 5) {
                        throw new UncheckedIOException(new IOException("no space left on device"));
                    }
                    return train(job, listener);
                }))
                .isInstanceOf(UncheckedIOException.class)
                .hasMessageContaining("no space left on device");
        assertThat(runs).hasValue(5);
    }

    @Test
    void after_a_failure_the_other_workers_end_their_trials_and_get_no_others() throws Exception {
        CountDownLatch failed = new CountDownLatch(1);

        assertThatThrownBy(() -> run(directory, 30, 2, (job, listener) -> {
                    if (number(job) == 1) {
                        failed.countDown();
                        throw new IllegalStateException("no space left on device");
                    }
                    failed.await();
                    Thread.sleep(200);
                    return train(job, listener);
                }))
                .hasMessage("no space left on device");

        try (SweepDatabase database = SweepDatabase.openReadOnly(directory)) {
            assertThat(database.trials()).extracting(Trial::state).containsExactly(TrialState.DONE, TrialState.WAITING);
        }
    }

    /** Starts or resumes a sweep of so many trials. */
    private static List<Trial> run(Path directory, int trials, int workers, TrialExecutor executor) {
        UnaryOperator<Sweep> budget = sweep -> sweep.withBudget(sweep.budget().withTrials(trials));
        try (SweepHandle handle = SweepDatabase.exists(directory)
                ? SweepHandle.resume(directory, "", Optional.empty(), budget)
                : SweepHandle.create(directory, "a.yaml", TEXT, budget)) {
            assertThat(handle.run(workers, executor, (trial, progress) -> {})).isEqualTo(StopReason.COMPLETE);
            return handle.trials();
        }
    }
}
