package io.residual.tuning;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.residual.training.cli.ExitStatus;
import io.residual.training.forecast.ProcessMemory;
import io.residual.training.loop.EpochMetrics;
import io.residual.tuning.search.Assignment;
import io.residual.tuning.search.TrialState;
import io.residual.tuning.trials.FreshRun;
import io.residual.tuning.trials.SubprocessExecutor;
import io.residual.tuning.trials.SweepDatabase;
import io.residual.tuning.trials.SweepForecast;
import io.residual.tuning.trials.SweepHandle;
import io.residual.tuning.trials.SweepListener;
import io.residual.tuning.trials.SweepProgress;
import io.residual.tuning.trials.Trial;
import io.residual.tuning.trials.WorkerResources;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Sweeps of small networks on the embedded images, whose processes are killed. */
@Timeout(value = 5, unit = TimeUnit.MINUTES)
@Tag("slow")
class SweepFailureTest {
    /** A grid: two workers that end in another order propose the same trials all the same. */
    private static final String SWEEP = """
        base: quick
        overrides: {data: sample, width: 2, epochs: 3, batchSize: 100}
        space: {learningRate: {choice: [0.02, 0.05, 0.1]}}
        searcher: grid
        budget: {trials: 3}
        """;

    private static final WorkerResources SHARE = new WorkerResources(1, 400L << 20, 1L << 30);

    @TempDir
    static Path temporary;

    private static List<Trial> unbroken = List.of();
    private static final List<SweepForecast> FORECASTS = new ArrayList<>();

    @BeforeAll
    static void an_unbroken_sweep_with_one_worker() {
        unbroken = run(temporary.resolve("unbroken"), 1);
        assertThat(unbroken).hasSize(3).allSatisfy(trial -> {
            assertThat(trial.state()).as(trial.reason()).isEqualTo(TrialState.DONE);
            assertThat(trial.epochs()).isEqualTo(3);
        });
    }

    @Test
    void a_sweep_forecasts_what_it_takes_from_its_first_epoch() {
        assertThat(FORECASTS).hasSize(1);
        SweepForecast forecast = FORECASTS.get(0);
        assertThat(forecast.extent().trials()).hasValue(3);
        assertThat(forecast.measured().epochSeconds())
                .isEqualTo(unbroken.get(0).run(0).get(0).epochSeconds());
        assertThat(forecast.measured().startSeconds()).as("a process starts").isPositive();
        assumeThat(ProcessMemory.peak()).as("Linux says what a process takes").isPresent();
        assertThat(forecast.measured().peakBytes()).isPresent();
        assertThat(forecast.measured().peakBytes().getAsLong()).isBetween(100L << 20, 2L << 30);
    }

    @Test
    void kill_9_of_a_sweep_with_two_workers_loses_no_finished_trial_and_leaves_no_orphan() throws Exception {
        Path directory = temporary.resolve("killed");
        Path file = Files.writeString(temporary.resolve("sweep.yaml"), SWEEP);
        Process sweep = start("--sweep", file.toString(), "--dir", directory.toString(), "--workers", "2");
        await(() -> SweepDatabase.exists(directory) && count(directory, TrialState.DONE) > 0, sweep);

        assertThatThrownBy(() -> SweepHandle.create(directory, "a.yaml", SWEEP, UnaryOperator.identity()))
                .hasMessageContaining("another sweep runs in this directory");

        // Between the end of a trial and the start of the next there may be no worker.
        List<ProcessHandle> workers = new ArrayList<>();
        await(() -> workers.addAll(sweep.descendants().toList()), sweep);
        sweep.destroyForcibly().waitFor();
        List<Trial> atKill = trials(directory);
        Map<Path, String> finished = digests(directory, atKill);
        await(() -> workers.stream().noneMatch(ProcessHandle::isAlive), sweep);

        assertThat(finished).as("a trial was finished").isNotEmpty();
        try (SweepHandle session = SweepHandle.resume(directory, "", Optional.empty(), UnaryOperator.identity())) {
            session.run(2, new SubprocessExecutor(SHARE), (trial, progress) -> {});
        }
        assertThat(digests(directory, atKill)).isEqualTo(finished);
        assertThat(results(trials(directory))).isEqualTo(results(unbroken));
    }

    @Test
    void kill_9_of_a_confirmation_loses_no_fresh_run_and_resume_finishes_it() throws Exception {
        // The finished search of the unbroken sweep, without its confirmation.
        Path search = temporary.resolve("unbroken");
        Path directory = temporary.resolve("unconfirmed");
        copy(search, directory);
        Process sweep = start("--resume", "--dir", directory.toString(), "--confirm", "1x3");
        await(() -> fresh(directory).size() > 0, sweep);
        sweep.descendants().forEach(ProcessHandle::destroyForcibly);
        sweep.destroyForcibly().waitFor();
        SortedMap<Integer, FreshRun> atKill = fresh(directory);

        assertThat(atKill.size()).isBetween(1, 2);
        try (SweepHandle session = SweepHandle.resume(directory, "", Optional.empty(), UnaryOperator.identity())) {
            session.run(1, new SubprocessExecutor(SHARE), (trial, progress) -> {});
        }
        SortedMap<Integer, FreshRun> confirmed = fresh(directory);
        assertThat(confirmed).containsAllEntriesOf(atKill).hasSize(3);
        assertThat(confirmed.values()).extracting(FreshRun::state).containsOnly(TrialState.DONE);
        assertThat(results(trials(directory))).as("the search is as it was").isEqualTo(results(unbroken));
    }

    private static void copy(Path from, Path to) throws IOException {
        try (Stream<Path> files = Files.walk(from)) {
            for (Path file : files.toList()) {
                Files.copy(file, to.resolve(from.relativize(file)));
            }
        }
    }

    private static SortedMap<Integer, FreshRun> fresh(Path directory) {
        return trials(directory).stream()
                .map(Trial::fresh)
                .filter(fresh -> !fresh.isEmpty())
                .findFirst()
                .orElse(new TreeMap<>());
    }

    @Test
    void sigterm_saves_the_trials_that_run_and_the_sweep_resumes() throws Exception {
        Path directory = temporary.resolve("terminated");
        Path file = Files.writeString(temporary.resolve("terminated.yaml"), SWEEP);
        // With two workers each has a core, as below: the numbers depend on it.
        Process sweep = start("--sweep", file.toString(), "--dir", directory.toString(), "--workers", "2");
        await(() -> SweepDatabase.exists(directory) && count(directory, TrialState.DONE) > 0, sweep);
        List<ProcessHandle> workers = sweep.descendants().toList();

        sweep.toHandle().destroy();

        assertThat(sweep.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(sweep.exitValue()).isEqualTo(ExitStatus.INTERRUPTED.code());
        assertThat(workers).noneMatch(ProcessHandle::isAlive);
        try (SweepHandle session = SweepHandle.resume(directory, "", Optional.empty(), UnaryOperator.identity())) {
            session.run(1, new SubprocessExecutor(SHARE), (trial, progress) -> {});
        }
        assertThat(results(trials(directory))).isEqualTo(results(unbroken));
    }

    @Test
    void a_killed_worker_is_replaced_and_its_trial_ends_as_if_nothing_had_happened() throws Exception {
        Path directory = temporary.resolve("worker");
        boolean[] killed = {false};
        try (SweepHandle session = SweepHandle.create(
                directory, "a.yaml", SWEEP.replace("trials: 3", "trials: 1"), UnaryOperator.identity())) {
            SubprocessExecutor process = new SubprocessExecutor(SHARE);
            session.run(
                    1,
                    (job, listener) -> process.train(job, epoch -> {
                        if (!killed[0]) {
                            killed[0] = true;
                            workers().forEach(ProcessHandle::destroyForcibly);
                        }
                        return listener.after(epoch);
                    }),
                    (trial, progress) -> {});
            Trial trial = session.trials().get(0);
            assertThat(trial.attempts()).isEqualTo(1);
            assertThat(results(session.trials())).isEqualTo(results(unbroken.subList(0, 1)));
        }
        assertThat(model(directory, 0)).isEqualTo(model(temporary.resolve("unbroken"), 0));
        assertThat(workers()).isEmpty();
    }

    /** This process starts no others while it runs a sweep. */
    private static Stream<ProcessHandle> workers() {
        return ProcessHandle.current().children().filter(ProcessHandle::isAlive);
    }

    private static List<Trial> run(Path directory, int workers) {
        try (SweepHandle session = SweepHandle.create(directory, "a.yaml", SWEEP, UnaryOperator.identity())) {
            session.run(workers, new SubprocessExecutor(SHARE), new SweepListener() {
                @Override
                public void trialChanged(Trial trial, SweepProgress progress) {}

                @Override
                public void forecast(SweepForecast forecast) {
                    FORECASTS.add(forecast);
                }
            });
            return session.trials();
        }
    }

    private static Process start(String... arguments) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(Stream.concat(
                        Stream.of(
                                Path.of(System.getProperty("java.home"), "bin", "java")
                                        .toString(),
                                // For the trials' processes, too: such short lives gain nothing from better code.
                                "-XX:TieredStopAtLevel=1",
                                "-Djdk.serialFilter=!*",
                                "-Dorg.bytedeco.javacpp.maxphysicalbytes=0",
                                "-cp",
                                System.getProperty("java.class.path"),
                                Main.class.getName()),
                        Stream.of(arguments))
                .toList());
        return builder.redirectErrorStream(true)
                .redirectOutput(temporary.resolve("sweep.out").toFile())
                .start();
    }

    private static void await(BooleanSupplier condition, Process sweep) throws Exception {
        long end = System.nanoTime() + Duration.ofMinutes(2).toNanos();
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime())
                    .as(() -> "waited too long; the sweep said: " + said(sweep))
                    .isLessThan(end);
            Thread.sleep(20);
        }
    }

    private static String said(Process sweep) {
        try {
            return (sweep.isAlive() ? "(alive) " : "(ended) ") + Files.readString(temporary.resolve("sweep.out"));
        } catch (IOException e) {
            return e.toString();
        }
    }

    private static long count(Path directory, TrialState state) {
        return trials(directory).stream().filter(t -> t.state() == state).count();
    }

    private static List<Trial> trials(Path directory) {
        try (SweepDatabase store = SweepDatabase.openReadOnly(directory)) {
            return store.trials();
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
                        trial.run(0).stream().map(SweepFailureTest::scores).toList()))
                .toList();
    }

    private static List<Double> scores(EpochMetrics epoch) {
        return List.of(epoch.trainLoss(), epoch.trainAccuracy(), epoch.validationLoss(), epoch.validationAccuracy());
    }

    /** SHA-256 of every file of the trials that were done; without checkpoints, which are deleted after a trial is recorded. */
    private static Map<Path, String> digests(Path directory, List<Trial> trials) throws Exception {
        Map<Path, String> digests = new TreeMap<>();
        for (Trial trial : trials) {
            if (trial.state() == TrialState.DONE) {
                try (Stream<Path> files = Files.walk(directory.resolve(Long.toString(trial.number())))) {
                    for (Path file : files.filter(Files::isRegularFile)
                            .filter(file -> !file.getParent().endsWith("checkpoints"))
                            .toList()) {
                        digests.put(file, digest(file));
                    }
                }
            }
        }
        return digests;
    }

    private static String model(Path sweep, long trial) throws Exception {
        return digest(sweep.resolve(Long.toString(trial)).resolve("run-1").resolve("last.safetensors"));
    }

    private static String digest(Path file) throws Exception {
        byte[] digest = MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(file));
        return new BigInteger(1, digest).toString(16);
    }
}
