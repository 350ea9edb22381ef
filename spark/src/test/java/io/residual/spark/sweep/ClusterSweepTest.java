package io.residual.spark.sweep;

import static org.assertj.core.api.Assertions.assertThat;

import io.residual.core.ResidualException.Kind;
import io.residual.core.files.Sha256;
import io.residual.spark.Main;
import io.residual.spark.cluster.ClusterSession;
import io.residual.spark.cluster.LocalCluster;
import io.residual.spark.cluster.SharedStorage;
import io.residual.training.config.Preset;
import io.residual.training.config.SpecFile;
import io.residual.training.config.TrainingSpec;
import io.residual.training.loop.EpochMetrics;
import io.residual.tuning.search.Assignment;
import io.residual.tuning.search.TrialState;
import io.residual.tuning.trials.SubprocessExecutor;
import io.residual.tuning.trials.SweepDatabase;
import io.residual.tuning.trials.SweepHandle;
import io.residual.tuning.trials.Trial;
import io.residual.tuning.trials.TrialExecutor;
import io.residual.tuning.trials.TrialResult;
import io.residual.tuning.trials.WorkerResources;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Sweeps on two executors, which are processes on this machine, and which are killed. */
@Timeout(value = 5, unit = TimeUnit.MINUTES)
@Tag("slow")
class ClusterSweepTest {
    /** Trials are paused after the first epoch, and the best are promoted. */
    private static final String SWEEP = """
        base: quick
        overrides: {data: sample, width: 2, epochs: 3, batchSize: 100}
        space: {learningRate: {logUniform: [0.02, 0.1]}}
        searcher: random
        pruner: {asha: {reductionFactor: 3, minEpochs: 1}}
        budget: {trials: 6}
        """;

    /** What the executors give a trial: one core of two. */
    private static final WorkerResources SHARE = new WorkerResources(1, 400L << 20, 1L << 30);

    private static final int EPOCHS = 60;

    @TempDir
    static Path temporary;

    private static ClusterSession session;
    private static List<Trial> local = List.of();

    @BeforeAll
    static void start() {
        session = LocalCluster.start();
    }

    @AfterAll
    static void stop() {
        session.close();
    }

    /** The sweep without a cluster. */
    private static List<Trial> local() {
        if (local.isEmpty()) {
            local = run(temporary.resolve("local"), new SubprocessExecutor(SHARE));
        }
        return local;
    }

    private static SparkTrialExecutor executor(Path sweep) {
        return new SparkTrialExecutor(
                session, SharedStorage.of(session, sweep.resolve("storage").toString()), sweep);
    }

    private static List<Trial> run(Path sweep, TrialExecutor executor) {
        try (SweepHandle handle = SweepHandle.create(sweep, "a.yaml", SWEEP, UnaryOperator.identity())) {
            handle.run(1, executor, (trial, progress) -> {});
            return handle.trials();
        }
    }

    @Test
    void a_sweep_on_a_cluster_has_the_trials_of_the_local_one() throws IOException {
        Path sweep = temporary.resolve("cluster");
        List<Trial> trials = run(sweep, executor(sweep));

        assertThat(results(trials)).isEqualTo(results(local())).hasSize(6);
        assertThat(trials).extracting(Trial::state).contains(TrialState.DONE, TrialState.PAUSED);
        for (Trial trial : trials) {
            Path run = sweep.resolve(trial.number() + "/run-1");
            Path stored = sweep.resolve("storage/" + trial.number() + "-run-1/checkpoints");
            if (trial.state() == TrialState.DONE) {
                assertThat(Sha256.of(run.resolve("last.safetensors")))
                        .isEqualTo(Sha256.of(temporary
                                .resolve("local")
                                .resolve(sweep.relativize(run))
                                .resolve("last.safetensors")));
                assertThat(stored).as("nothing resumes it").doesNotExist();
            } else {
                assertThat(stored).as("it may be promoted").isNotEmptyDirectory();
            }
        }
        assertThat(sweep.resolve("0/worker.log")).content().contains("epoch");
    }

    @Test
    void a_trial_that_is_stopped_and_whose_executors_are_killed_has_the_epochs_and_the_model_of_the_unbroken_one()
            throws Exception {
        List<EpochMetrics> unbroken = new ArrayList<>();
        TrialExecutor.Job alone = job(temporary.resolve("alone"), 0);
        assertThat(new SubprocessExecutor(SHARE).train(alone, epoch -> {
                    unbroken.add(epoch);
                    return TrialState.RUNNING;
                }))
                .isEqualTo(new TrialResult.Complete());
        Path sweep = temporary.resolve("broken");
        SparkTrialExecutor executor = executor(sweep);
        List<EpochMetrics> epochs = new ArrayList<>();
        List<ProcessHandle> first = new ArrayList<>();

        TrialResult paused = executor.train(job(sweep, 0), epoch -> {
            epochs.add(epoch);
            training().ifPresent(first::add);
            return TrialState.PAUSED;
        });
        assertThat(paused).isEqualTo(new TrialResult.Stopped());
        assertThat(Files.readAllLines(sweep.resolve("storage/0-run-1/metrics.jsonl")))
                .as("it was stopped before its end, and is stored")
                .hasSizeBetween(1, EPOCHS - 1);

        // Between two trials: the paused one resumes on another executor.
        first.forEach(ProcessHandle::destroyForcibly);
        List<ProcessHandle> killed = new CopyOnWriteArrayList<>();
        Thread killer =
                new Thread(() -> killed.addAll(killAfterAnEpoch(sweep.resolve("storage/0-run-1/metrics.jsonl"))));
        killer.start();
        TrialExecutor.EpochListener all = epoch -> {
            epochs.add(epoch);
            return TrialState.RUNNING;
        };
        TrialResult result = executor.train(job(sweep, epochs.size()), all);
        killer.join();
        assertThat(killed).as("an executor was killed while it trained").hasSize(1);
        // Spark itself repeats a task whose executor it believes to have ended without the task's fault.
        if (result instanceof TrialResult.WorkerLost lost) {
            assertThat(lost.reason())
                    .startsWith("the task was lost: ")
                    .contains("ExecutorLostFailure")
                    .doesNotContain("\n");
            result = executor.train(job(sweep, epochs.size()), all);
        }
        assertThat(result).isEqualTo(new TrialResult.Complete());
        executor.release(sweep.resolve("0/run-1"));
        assertThat(first).as("it was seen where it was trained").hasSize(1);
        assertThat(epochs.stream().map(ClusterSweepTest::scores).toList())
                .isEqualTo(unbroken.stream().map(ClusterSweepTest::scores).toList());
        assertThat(Sha256.of(sweep.resolve("0/run-1/last.safetensors")))
                .isEqualTo(Sha256.of(alone.run().resolve("last.safetensors")));
        assertThat(sweep.resolve("storage/0-run-1")).doesNotExist();
    }

    /** Kills the executor that trains once another epoch is stored. */
    private static List<ProcessHandle> killAfterAnEpoch(Path metrics) {
        try {
            long before = Files.size(metrics);
            List<ProcessHandle> trains = new ArrayList<>();
            await(() -> metrics.toFile().length() > before
                    && training().map(trains::add).isPresent());
            trains.forEach(ProcessHandle::destroyForcibly);
            return trains;
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    private static TrialExecutor.Job job(Path sweep, int known) throws IOException {
        Path trial = Files.createDirectories(sweep.resolve("0"));
        TrainingSpec spec = Preset.resolve(
                        "quick",
                        Map.of("data", "sample", "width", "2", "batchSize", "50", "epochs", String.valueOf(EPOCHS)))
                .spec();
        Path file = Files.writeString(trial.resolve("trial.yaml"), SpecFile.write(spec));
        return new TrialExecutor.Job(file, 1, trial.resolve("run-1"), trial.resolve("worker.log"), EPOCHS, known);
    }

    @Test
    void a_driver_that_is_killed_leaves_no_process_and_its_sweep_resumes() throws Exception {
        Path sweep = temporary.resolve("driver");
        Path file = Files.writeString(temporary.resolve("sweep.yaml"), SWEEP);
        Process driver = startDriver("--sweep", file.toString(), "--dir", sweep.toString(), "--trials", "2");
        await(() -> SweepDatabase.exists(sweep)
                && trials(sweep).stream().mapToInt(Trial::trainedEpochs).sum() > 0);
        List<ProcessHandle> others = driver.descendants().toList();
        driver.destroyForcibly().waitFor();
        await(() -> others.stream().noneMatch(ProcessHandle::isAlive));

        assertThat(others).hasSizeGreaterThanOrEqualTo(2);
        try (SweepHandle handle = SweepHandle.resume(
                sweep,
                "",
                Optional.empty(),
                same -> same.withBudget(same.budget().withTrials(2)))) {
            handle.run(1, executor(sweep), (trial, progress) -> {});
        }
        assertThat(results(trials(sweep)).stream()
                        .map(result -> result.epochs().get(0))
                        .toList())
                .isEqualTo(results(local()).stream()
                        .limit(2)
                        .map(result -> result.epochs().get(0))
                        .toList());
    }

    @Test
    void machines_without_the_images_or_the_storage_are_named_with_what_helps() throws Exception {
        Path sweep = temporary.resolve("missing");
        TrialExecutor.Job job = job(sweep, 0);
        String text = Files.readString(job.specFile()).replace("data: sample", "data: images:nowhere");
        Files.writeString(job.specFile(), text);

        assertThat(executor(sweep).train(job, epoch -> TrialState.RUNNING))
                .isInstanceOfSatisfying(TrialResult.EnvironmentFailure.class, failure -> {
                    assertThat(failure.kind()).isEqualTo(Kind.BAD_DATA);
                    assertThat(failure.reason())
                            .contains(Path.of("nowhere").toAbsolutePath().toString())
                            .endsWith("(the machines of the cluster need the images at the same path)")
                            .doesNotContain("\n");
                });

        StoredRun elsewhere = new StoredRun(
                SharedStorage.of(session, sweep.resolve("elsewhere").toString()).folder("0-run-1"));
        TaskResult unseen = session.context()
                .parallelize(List.of(new TrialTask(elsewhere, "1", text, 1, sweep.toString(), "0/run-1")), 1)
                .map(TrialTask::train)
                .collect()
                .get(0);
        assertThat(unseen.result())
                .isInstanceOfSatisfying(
                        TrialResult.EnvironmentFailure.class,
                        failure -> assertThat(failure.reason())
                                .contains(
                                        "does not see what the driver wrote to ",
                                        "give --storage with a place that all machines share"));
    }

    private static Process startDriver(String... arguments) throws IOException {
        List<String> command = new ArrayList<>(
                List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString()));
        command.addAll(ManagementFactory.getRuntimeMXBean().getInputArguments());
        command.addAll(List.of(
                "-cp",
                System.getProperty("java.class.path"),
                Main.class.getName(),
                "tune",
                "--spark",
                LocalCluster.MASTER));
        command.addAll(List.of(arguments));
        return new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(temporary.resolve("driver.out").toFile())
                .start();
    }

    /** The executor that has a trial's process. */
    private static Optional<ProcessHandle> training() {
        return ProcessHandle.current()
                .children()
                .filter(executor -> executor.children().anyMatch(ProcessHandle::isAlive))
                .findFirst();
    }

    private static void await(BooleanSupplier condition) throws Exception {
        long end = System.nanoTime() + Duration.ofMinutes(2).toNanos();
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).as("waited too long").isLessThan(end);
            Thread.sleep(50);
        }
    }

    private static List<Trial> trials(Path sweep) {
        try (SweepDatabase database = SweepDatabase.openReadOnly(sweep)) {
            return database.trials();
        }
    }

    /** All but the times, which no two runs share. */
    private record Result(long trial, Assignment assignment, TrialState state, List<List<Double>> epochs) {}

    private static List<Result> results(List<Trial> trials) {
        return trials.stream()
                .map(trial -> new Result(
                        trial.number(),
                        trial.assignment(),
                        trial.state(),
                        trial.run(0).stream().map(ClusterSweepTest::scores).toList()))
                .toList();
    }

    private static List<Double> scores(EpochMetrics epoch) {
        return List.of(epoch.trainLoss(), epoch.trainAccuracy(), epoch.validationLoss(), epoch.validationAccuracy());
    }
}
