package io.residual.tuning.trials;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import io.residual.core.ResidualException;
import io.residual.core.ResidualException.Kind;
import io.residual.training.config.SpecFile;
import io.residual.training.config.TrainingSpec;
import io.residual.training.loop.EpochMetrics;
import io.residual.tuning.search.TrialState;
import io.residual.tuning.sweep.ConfirmPlan;
import io.residual.tuning.sweep.Objective;
import io.residual.tuning.sweep.Sweep;
import io.residual.tuning.trials.SweepHandle.StopReason;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The loop of a sweep over curves that are computed: as fast as a search can be, with the real table, searcher and pruner. */
@Timeout(60)
@Tag("slow")
class SweepHandleTest {
    private static final String ASHA = """
        overrides: {epochs: 9}
        space:
          learningRate: {logUniform: [0.001, 1]}
          width: {integer: [4, 32]}
        pruner: {asha: {reductionFactor: 3, minEpochs: 1}}
        budget: {trials: 30}
        """;

    @TempDir
    Path directory;

    @ParameterizedTest
    @ValueSource(strings = {"tpe", "random", "grid", "genetic", "sobol", "tpe\nseeds: 3"})
    void a_sweep_that_is_killed_again_and_again_has_the_table_of_the_unbroken_one(String searcher) {
        String text = ASHA + "searcher: " + searcher + "\n";
        List<Trial> unbroken = run(directory.resolve("unbroken"), text, new Curves());

        Path broken = directory.resolve("broken");
        SweepHandle.create(broken, "a.yaml", text, UnaryOperator.identity()).close();
        int starts = 1;
        for (int epochs = 1; !runUntilKilled(broken, epochs); epochs = epochs % 7 + 1) {
            starts++;
        }

        assertThat(starts).isGreaterThan(10);
        try (SweepHandle session = resume(broken)) {
            assertThat(session.trials()).isEqualTo(unbroken);
        }
        assertThat(unbroken).hasSize(30);
    }

    /** A start that dies after some epochs, in the middle of a trial; true if the sweep was over before. */
    private static boolean runUntilKilled(Path directory, int epochs) {
        AtomicInteger left = new AtomicInteger(epochs);
        TrialExecutor mortal = (job, listener) -> new Curves().train(job, epoch -> {
            if (left.getAndDecrement() == 0) {
                throw new Killed();
            }
            return listener.after(epoch);
        });
        try (SweepHandle session = resume(directory)) {
            session.run(1, mortal, (trial, progress) -> {});
            return true;
        } catch (Killed e) {
            return false;
        }
    }

    @Test
    void asha_pauses_trials_and_goes_on_with_the_best_from_where_they_stopped() {
        Curves curves = new Curves();
        List<Trial> trials = run(directory, ASHA, curves);

        assertThat(trials).extracting(Trial::state).contains(TrialState.DONE, TrialState.PAUSED);
        assertThat(trials)
                .filteredOn(t -> t.state() == TrialState.PAUSED)
                .allSatisfy(t -> assertThat(t.epochs()).isIn(1, 3));
        assertThat(trials)
                .filteredOn(t -> t.state() == TrialState.DONE)
                .allSatisfy(t -> assertThat(t.epochs()).isEqualTo(9));
        int whole = 30 * 9;
        assertThat(curves.trained.get())
                .as("no epoch is trained twice")
                .isEqualTo(trials.stream().mapToInt(Trial::trainedEpochs).sum())
                .isLessThan(whole / 2);
    }

    @Test
    void two_workers_finish_what_one_proposes() {
        List<Trial> trials;
        try (SweepHandle session = SweepHandle.create(directory, "a.yaml", ASHA, UnaryOperator.identity())) {
            assertThat(session.run(2, new Curves(), (trial, progress) -> {})).isEqualTo(StopReason.COMPLETE);
            trials = session.trials();
        }
        assertThat(trials).hasSize(30);
        assertThat(trials).extracting(Trial::state).containsOnly(TrialState.DONE, TrialState.PAUSED);
    }

    @Test
    void a_paused_trial_is_promoted_when_its_worker_has_left_it() {
        Set<Path> inUse = ConcurrentHashMap.newKeySet();
        Curves curves = new Curves();
        AtomicInteger calls = new AtomicInteger();
        TrialExecutor slowToLeave = (job, listener) -> {
            if (!inUse.add(job.run())) {
                throw new IllegalStateException("two workers train " + job.run());
            }
            TrialResult result = curves.train(job, listener);
            // Every third time the other worker trains several trials while this one ends its process.
            Thread.sleep(calls.getAndIncrement() % 3 == 0 ? 50 : 0);
            inUse.remove(job.run());
            return result;
        };
        try (SweepHandle session = SweepHandle.create(directory, "a.yaml", ASHA, UnaryOperator.identity())) {
            assertThat(session.run(2, slowToLeave, (trial, progress) -> {})).isEqualTo(StopReason.COMPLETE);
            assertThat(session.trials()).hasSize(30);
        }
    }

    @Test
    void the_seeds_of_a_trial_are_trained_one_after_another_and_count_by_their_mean() {
        List<Trial> trials = run(directory, """
            overrides: {epochs: 2, seed: 40}
            space: {width: {integer: [4, 32]}}
            budget: {trials: 2}
            seeds: 3
            """, new Curves());

        assertThat(trials)
                .allSatisfy(trial -> assertThat(trial.runs())
                        .hasSize(3)
                        .allSatisfy(run -> assertThat(run).hasSize(2)));
        Trial trial = trials.get(1);
        double mean = trial.runs().stream()
                .mapToDouble(run -> run.get(1).validationAccuracy())
                .average()
                .orElseThrow();
        assertThat(trial.latest(EpochMetrics::validationAccuracy)).hasValue(mean);
        assertThat(trial.run(0)).isNotEqualTo(trial.run(1));
    }

    @Test
    void pruners_look_at_all_seeds_of_a_trial_not_at_the_first_alone() {
        Map<Long, List<Double>> accuracies =
                Map.of(4L, List.of(0.5, 0.5), 8L, List.of(0.9, 0.1), 16L, List.of(0.4, 0.9));
        TrialExecutor seeds = (job, listener) -> {
            TrainingSpec spec = spec(job);
            double accuracy = accuracies.get((long) spec.network().width()).get((int) (job.seed() - spec.seed()));
            for (int epoch = job.known() + 1; epoch <= job.epochs(); epoch++) {
                if (listener.after(new EpochMetrics(epoch, 0.1, 1, 0.5, 1, accuracy, 500, 2)) != TrialState.RUNNING) {
                    return new TrialResult.Stopped();
                }
            }
            return new TrialResult.Complete();
        };
        List<Trial> trials = run(directory, """
            overrides: {epochs: 3}
            space: {width: {choice: [4, 8, 16]}}
            searcher: grid
            pruner: {asha: {reductionFactor: 3, minEpochs: 1}}
            budget: {trials: 3}
            seeds: 2
            """, seeds);

        assertThat(trials)
                .filteredOn(trial -> trial.state() == TrialState.DONE)
                .singleElement()
                .satisfies(best -> assertThat(best.latest(EpochMetrics::validationAccuracy))
                        .hasValue(0.65));
        assertThat(trials)
                .filteredOn(trial -> trial.state() == TrialState.PAUSED)
                .hasSize(2)
                .allSatisfy(
                        trial -> assertThat(trial.runs()).extracting(List::size).containsExactly(1, 1));
    }

    @Test
    void a_lost_worker_is_retried_from_its_checkpoint_and_then_the_trial_fails_alone() {
        AtomicInteger lost = new AtomicInteger();
        TrialExecutor fragile = (job, listener) -> {
            boolean second = job.specFile().getParent().endsWith("1");
            if (!second) {
                return new Curves().train(job, listener);
            }
            new Curves()
                    .train(
                            new TrialExecutor.Job(
                                    job.specFile(), job.seed(), job.run(), job.log(), job.known() + 1, job.known()),
                            listener);
            return new TrialResult.WorkerLost("killed by signal " + lost.incrementAndGet());
        };
        List<Trial> trials = run(directory, """
            overrides: {epochs: 4}
            space: {width: {integer: [4, 32]}}
            budget: {trials: 3}
            retries: 2
            """, fragile);

        assertThat(trials)
                .extracting(Trial::state)
                .containsExactly(TrialState.DONE, TrialState.FAILED, TrialState.DONE);
        assertThat(trials.get(1).attempts()).isEqualTo(3);
        assertThat(trials.get(1).reason()).isEqualTo("killed by signal 3");
        assertThat(trials.get(1).epochs())
                .as("each attempt went on from the last")
                .isEqualTo(3);
    }

    @Test
    void values_that_do_not_go_together_fail_their_trial_with_the_reason() {
        List<Trial> trials = run(directory, """
            overrides: {imageSize: 28}
            space: {batchSize: {choice: [1, 16]}}
            searcher: grid
            budget: {trials: 5}
            """, new Curves());

        assertThat(trials).extracting(Trial::state).containsExactly(TrialState.FAILED, TrialState.DONE);
        assertThat(trials.get(0).reason()).contains("batchSize 1 and imageSize 28 leave batch norm a single value");
    }

    @Test
    void a_sweep_of_which_all_trials_fail_ends_and_says_why() {
        TrialExecutor broken = (job, listener) -> new TrialResult.InvalidConfig("no such flavour");
        try (SweepHandle session = SweepHandle.create(directory, "a.yaml", ASHA, UnaryOperator.identity())) {
            assertThatThrownBy(() -> session.run(1, broken, (trial, progress) -> {}))
                    .isInstanceOf(ResidualException.class)
                    .hasMessage("the sweep was ended, since 5 trials failed one after another, the last with: no such"
                            + " flavour");
        }
    }

    @Test
    void a_full_disk_ends_the_sweep_and_puts_the_trial_back() {
        TrialExecutor full =
                (job, listener) -> new TrialResult.EnvironmentFailure(Kind.BAD_RUN, "last.safetensors: no space left");
        try (SweepHandle session = SweepHandle.create(directory, "a.yaml", ASHA, UnaryOperator.identity())) {
            assertThatThrownBy(() -> session.run(1, full, (trial, progress) -> {}))
                    .isInstanceOfSatisfying(
                            ResidualException.class, e -> assertThat(e.kind()).isEqualTo(Kind.BAD_RUN))
                    .hasMessage("last.safetensors: no space left");
            assertThat(session.trials()).extracting(Trial::state).containsExactly(TrialState.WAITING);
        }
    }

    @Test
    void a_diverged_trial_teaches_and_the_sweep_goes_on() {
        TrialExecutor diverging = (job, listener) -> spec(job).optimisation().learningRate() > 0.1
                ? new TrialResult.Diverged("the loss is NaN")
                : new Curves().train(job, listener);
        List<Trial> trials = run(directory, ASHA.replace("30", "60"), diverging);

        assertThat(trials).extracting(Trial::state).contains(TrialState.DIVERGED, TrialState.DONE);
        assertThat(trials.subList(40, 60))
                .as("after 40 trials it is known where they diverge")
                .filteredOn(t -> t.state() == TrialState.DIVERGED)
                .hasSizeLessThan(7);
    }

    @Test
    void when_its_time_is_up_a_sweep_puts_its_trials_back() {
        TrialExecutor endless = (job, listener) -> {
            Thread.sleep(Duration.ofMinutes(5).toMillis());
            return new TrialResult.Complete();
        };
        String text = ASHA.replace("trials: 30", "trials: 30, time: 1s");
        try (SweepHandle session = SweepHandle.create(directory, "a.yaml", text, UnaryOperator.identity())) {
            assertThat(session.run(2, endless, (trial, progress) -> {})).isEqualTo(StopReason.TIME_LIMIT);
            assertThat(session.trials()).extracting(Trial::state).containsOnly(TrialState.WAITING);
        }
    }

    @Test
    void a_budget_of_epochs_ends_a_sweep() {
        Curves curves = new Curves();
        run(directory, ASHA.replace("trials: 30", "epochs: 50"), curves);

        assertThat(curves.trained.get()).isBetween(50, 58);
    }

    @Test
    void trials_are_trained_on_the_data_that_the_sweep_was_started_with() {
        SweepHandle.create(directory, "a.yaml", ASHA, sweep -> sweep.withData("sample"))
                .close();

        try (SweepHandle handle = resume(directory)) {
            assertThat(handle.sweep().baseYaml()).contains("data: sample\n");
            handle.run(1, new Curves(), (trial, progress) -> {});
            assertThat(SpecFile.read(directory.resolve("0/trial.yaml"), Kind.BAD_RUN)
                            .data())
                    .isEqualTo(handle.sweep().baseSpec().data());
        }
        try (SweepDatabase database = SweepDatabase.openReadOnly(directory)) {
            assertThat(SweepHandle.stored(directory, database).overrides()).containsEntry("data", "sample");
        }
        assertThatThrownBy(() ->
                        SweepHandle.resume(directory, "a.yaml", Optional.of(ASHA), sweep -> sweep.withData("./other")))
                .hasMessage(directory + ": not the sweep that was started here, it differs in base or overrides");
    }

    private static final String CONFIRMED = """
        overrides: {epochs: 2, seed: 40}
        space: {width: {integer: [4, 32]}}
        budget: {trials: 5}
        seeds: 2
        confirm: 2x5
        """;

    @Test
    void the_best_trials_are_trained_again_with_seeds_that_the_search_has_not_seen() {
        List<TrialExecutor.Job> jobs = new ArrayList<>();
        TrialExecutor executor = (job, listener) -> {
            jobs.add(job);
            return new Curves().train(job, listener);
        };
        List<Trial> trials = run(directory, CONFIRMED, executor);

        List<Trial> best = new Ranking(List.of(Objective.VALIDATION_ACCURACY), trials)
                .finished()
                .subList(0, 2);
        assertThat(jobs.subList(5 * 2, jobs.size()))
                .extracting(TrialExecutor.Job::run, TrialExecutor.Job::seed)
                .startsWith(
                        tuple(directory.resolve(best.get(0).number() + "/run-3"), 42L),
                        tuple(directory.resolve(best.get(1).number() + "/run-3"), 42L),
                        tuple(directory.resolve(best.get(0).number() + "/run-4"), 43L));
        // The curves of one are above those of the other with every seed: after four, the winner is known.
        assertThat(best.get(0).fresh()).containsOnlyKeys(0, 1, 2, 3);
        assertThat(best.get(1).fresh()).containsOnlyKeys(0, 1, 2, 3);
        assertThat(trials).filteredOn(trial -> !trial.fresh().isEmpty()).hasSize(2);
        assertThat(best.get(0).runs()).as("the search's runs alone").hasSize(2);
    }

    @Test
    void a_confirmation_that_is_killed_again_and_again_ends_as_the_unbroken_one() {
        List<Trial> unbroken = run(directory.resolve("unbroken"), CONFIRMED, new Curves());

        Path broken = directory.resolve("broken");
        SweepHandle.create(broken, "a.yaml", CONFIRMED, UnaryOperator.identity())
                .close();
        int starts = 1;
        while (!runUntilThirdJobIsKilled(broken)) {
            starts++;
        }

        assertThat(starts).isGreaterThan(7);
        try (SweepHandle session = resume(broken)) {
            assertThat(session.trials()).isEqualTo(unbroken);
        }
    }

    private static boolean runUntilThirdJobIsKilled(Path directory) {
        AtomicInteger jobs = new AtomicInteger();
        try (SweepHandle session = resume(directory)) {
            session.run(
                    1,
                    (job, listener) -> new Curves().train(job, epoch -> {
                        if (epoch.epoch() == 2 && jobs.incrementAndGet() == 3) {
                            throw new Killed();
                        }
                        return listener.after(epoch);
                    }),
                    (trial, progress) -> {});
            return true;
        } catch (Killed e) {
            return false;
        }
    }

    @Test
    void two_workers_confirm_what_one_confirms() {
        List<Trial> one = run(directory.resolve("one"), CONFIRMED + "searcher: grid\n", new Curves());
        try (SweepHandle session = SweepHandle.create(
                directory.resolve("two"), "a.yaml", CONFIRMED + "searcher: grid\n", UnaryOperator.identity())) {
            session.run(2, new Curves(), (trial, progress) -> {});
            assertThat(session.trials())
                    .extracting(Trial::fresh)
                    .isEqualTo(one.stream().map(Trial::fresh).toList());
        }
    }

    @Test
    void a_fresh_run_that_diverges_or_loses_its_workers_is_stored_with_the_reason() {
        TrialExecutor executor = (job, listener) -> {
            if (job.seed() == 43 && job.run().endsWith("run-4")) {
                return spec(job).network().width() % 2 == 0
                        ? new TrialResult.Diverged("the loss is NaN")
                        : new TrialResult.WorkerLost("killed by signal 9");
            }
            return new Curves().train(job, listener);
        };
        List<Trial> trials = run(
                directory,
                CONFIRMED.replace("{integer: [4, 32]}", "{choice: [16, 17]}").replace("trials: 5", "trials: 2")
                        + "searcher: grid\n",
                executor);

        assertThat(trials)
                .extracting(trial -> trial.fresh().get(1))
                .containsExactlyInAnyOrder(
                        new FreshRun(TrialState.DIVERGED, "the loss is NaN", 0, OptionalDouble.empty()),
                        new FreshRun(TrialState.FAILED, "killed by signal 9", 2, OptionalDouble.empty()));
    }

    @Test
    void more_trials_than_there_are_cannot_be_confirmed() {
        assertThatThrownBy(() -> SweepHandle.create(
                        directory, "a.yaml", CONFIRMED.replace("2x5", "6x5"), UnaryOperator.identity()))
                .hasMessage("confirm: 6x5 trains 6 trials again, but there are only 5 in the budget: confirm 5x5, or"
                        + " search longer");
        assertThat(directory.resolve("sweep.db")).doesNotExist();

        TrialExecutor mostDiverge = (job, listener) -> job.run().startsWith(directory.resolve("3"))
                ? new Curves().train(job, listener)
                : new TrialResult.Diverged("the loss is NaN");
        assertThatThrownBy(() -> run(directory, CONFIRMED, mostDiverge))
                .isInstanceOfSatisfying(
                        ResidualException.class, e -> assertThat(e.kind()).isEqualTo(Kind.BAD_SETTING))
                .hasMessage(
                        "confirm: 2x5 trains 2 trials again, but there are only 1 with settings of their own that had"
                                + " all their epochs: confirm 1x5, or search longer");
        try (SweepHandle session = SweepHandle.resume(
                directory, "", Optional.empty(), sweep -> sweep.withConfirm(Optional.of(new ConfirmPlan(1, 5))))) {
            session.run(1, new Curves(), (trial, progress) -> {});
            assertThat(session.trials().get(3).fresh()).as("then one is").hasSize(5);
        }
    }

    @Test
    void a_resumed_sweep_keeps_the_plan_that_it_was_started_with() {
        Optional<ConfirmPlan> plan = Optional.of(new ConfirmPlan(1, 2));
        SweepHandle.create(directory, "a.yaml", CONFIRMED, sweep -> sweep.withConfirm(plan))
                .close();

        try (SweepHandle handle = resume(directory)) {
            assertThat(handle.sweep().confirm()).isEqualTo(plan);
        }
        SweepHandle.resume(directory, "", Optional.empty(), sweep -> sweep.withConfirm(Optional.empty()))
                .close();
        try (SweepHandle handle = resume(directory)) {
            assertThat(handle.sweep().confirm())
                    .as("none, although the file has one")
                    .isEmpty();
        }
    }

    @Test
    void a_file_at_resume_that_says_none_wins_and_one_that_does_not_mention_confirm_keeps_the_plan() {
        String unmentioned = CONFIRMED.replace("confirm: 2x5\n", "");
        SweepHandle.create(directory, "a.yaml", CONFIRMED, UnaryOperator.identity())
                .close();

        assertThat(planAfterResume(unmentioned)).contains(new ConfirmPlan(2, 5));
        assertThat(planAfterResume(unmentioned + "confirm: none\n")).isEmpty();
        assertThat(planAfterResume(unmentioned))
                .as("the plan of the last start")
                .isEmpty();
        assertThat(planAfterResume(CONFIRMED)).contains(new ConfirmPlan(2, 5));
    }

    private Optional<ConfirmPlan> planAfterResume(String text) {
        SweepHandle.resume(directory, "a.yaml", Optional.of(text), UnaryOperator.identity())
                .close();
        try (SweepHandle handle = resume(directory)) {
            return handle.sweep().confirm();
        }
    }

    @Test
    void a_sweep_of_release_0_1_is_read_and_can_be_confirmed() throws Exception {
        try (InputStream in = SweepHandleTest.class.getResourceAsStream("release-0.1-sweep.db")) {
            Files.copy(in, directory.resolve("sweep.db"));
        }
        try (SweepDatabase database = SweepDatabase.openReadOnly(directory)) {
            Sweep sweep = SweepHandle.stored(directory, database);
            assertThat(sweep.confirm()).isEmpty();
            assertThat(database.trials(sweep))
                    .hasSize(3)
                    .allSatisfy(trial -> assertThat(trial.fresh()).isEmpty());
        }
        try (SweepHandle session = SweepHandle.resume(
                directory, "", Optional.empty(), sweep -> sweep.withConfirm(Optional.of(new ConfirmPlan(2, 2))))) {
            session.run(1, new Curves(), (trial, progress) -> {});
            assertThat(session.trials())
                    .extracting(trial -> trial.fresh().size())
                    .containsExactlyInAnyOrder(0, 2, 2);
        }
    }

    private static List<Trial> run(Path directory, String text, TrialExecutor trainer) {
        try (SweepHandle session = SweepHandle.create(directory, "a.yaml", text, UnaryOperator.identity())) {
            assertThat(session.run(1, trainer, (trial, progress) -> {})).isEqualTo(StopReason.COMPLETE);
            return session.trials();
        }
    }

    private static SweepHandle resume(Path directory) {
        return SweepHandle.resume(directory, "", Optional.empty(), UnaryOperator.identity());
    }

    private static TrainingSpec spec(TrialExecutor.Job job) {
        return SpecFile.read(job.specFile(), Kind.BAD_RUN);
    }

    /** As a kill does, it ends everything at once, and no trial is concluded. */
    private static final class Killed extends RuntimeException {}

    /** Accuracies that rise with the epochs to a height that the values decide. */
    static final class Curves implements TrialExecutor {
        private final AtomicInteger trained = new AtomicInteger();

        @Override
        public TrialResult train(Job job, EpochListener listener) {
            TrainingSpec spec = spec(job);
            List<EpochMetrics> epochs = new ArrayList<>();
            double height = 0.9
                    - 0.02 * Math.abs(Math.log(spec.optimisation().learningRate() / 0.05))
                    - 0.003 * Math.abs(spec.network().width() - 20)
                    + 0.001 * (job.seed() % 7);
            for (int epoch = 1; epoch <= job.epochs(); epoch++) {
                double accuracy = height * (1 - Math.exp(-epoch / 2.0));
                epochs.add(new EpochMetrics(epoch, 0.1, 1, 0.5, 1 - accuracy, accuracy, 500, 2));
            }
            for (EpochMetrics epoch : epochs.subList(job.known(), job.epochs())) {
                trained.incrementAndGet();
                if (listener.after(epoch) != TrialState.RUNNING) {
                    return new TrialResult.Stopped();
                }
            }
            return new TrialResult.Complete();
        }
    }
}
