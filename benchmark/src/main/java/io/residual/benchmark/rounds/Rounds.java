package io.residual.benchmark.rounds;

import io.residual.benchmark.measurement.ConvolutionLimits;
import io.residual.benchmark.measurement.Job;
import io.residual.benchmark.measurement.Measurement;
import io.residual.benchmark.measurement.MeasurementPlan;
import io.residual.benchmark.measurement.Precision;
import io.residual.benchmark.measurement.Task;
import io.residual.benchmark.network.Network;
import io.residual.benchmark.network.TensorFile;
import io.residual.benchmark.rounds.ChildProcess.ProcessFailure;
import io.residual.benchmark.rounds.Contestant.Family;
import io.residual.benchmark.rounds.Results.EqualityResult;
import io.residual.benchmark.rounds.Results.MeasuredLimits;
import io.residual.benchmark.rounds.Results.SkippedRun;
import io.residual.benchmark.rounds.Results.TimedRun;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Measures the contestants in turn, each time in a new process, so that a slow minute of the machine affects all. Those that
 * are compared are neighbours in {@link Contestants}.
 */
public final class Rounds {
    /** The name under which it is reported that the limits were not measured. */
    public static final String LIMIT = "limit";

    private static final long SEED = 20260718;

    private final BenchmarkPlan plan;
    private final Contestants all;
    private final List<Contestant> contestants;
    private final ChildProcess child;
    private final Consumer<String> progress;
    private final String started = Instant.now().truncatedTo(ChronoUnit.SECONDS).toString();
    private final Machine machine = Machine.here();
    private final List<TimedRun> measured = new ArrayList<>();
    private final List<MeasuredLimits> limits = new ArrayList<>();
    private final List<SkippedRun> skipped = new ArrayList<>();
    private final List<EqualityResult> checks = new ArrayList<>();

    /**
     * What to measure.
     *
     * @param tasks of {@link Task#TRAIN} and {@link Task#INFER}
     * @param timeout after which a process is ended
     */
    public record BenchmarkPlan(List<Case> cases, List<Task> tasks, MeasurementPlan measurement, Duration timeout) {
        public BenchmarkPlan {
            cases = List.copyOf(cases);
            tasks = List.copyOf(tasks);
        }
    }

    /** The answer of a process, and what happened beside it. */
    private record Observed(Measurement answer, Background background) {}

    /**
     * Rounds of which none has been run.
     *
     * @param all the contestants of this machine and how they are started
     * @param contestants those to measure
     * @param progress takes a line of text after each process
     */
    public Rounds(BenchmarkPlan plan, Contestants all, List<Contestant> contestants, Consumer<String> progress) {
        this.plan = plan;
        this.all = all;
        this.contestants = List.copyOf(contestants);
        this.child = new ChildProcess(all.workFolder(), plan.timeout());
        this.progress = progress;
    }

    /** What has been measured so far. */
    public Results results() {
        return new Results(
                started, machine, plan.measurement(), all.threads(), contestants, measured, limits, skipped, checks);
    }

    /** Runs every contestant in every case to compare the outputs and the first losses of the same weights and images. */
    public void check() throws IOException {
        List<Case> small =
                plan.cases().stream().map(EqualityCheck::small).distinct().toList();
        for (Case setting : small) {
            Path tensors = tensors(setting);
            export(setting, tensors);
            Map<Contestant, Measurement> answers = new LinkedHashMap<>();
            for (Contestant contestant : contestants) {
                run(contestant, setting, Task.CHECK, tensors).ifPresent(seen -> answers.put(contestant, seen.answer()));
            }
            List<EqualityResult> checked = EqualityCheck.compare(setting, answers);
            checked.forEach(c -> progress.accept(String.format(
                    Locale.ROOT,
                    "check  %s  %-28s  %s as %s: outputs differ by %.1e, losses by %s",
                    setting.label(),
                    c.contestant(),
                    c.verdict(),
                    c.reference(),
                    c.outputDifference(),
                    c.lossDifference() == null ? "nothing" : String.format(Locale.ROOT, "%.1e", c.lossDifference()))));
            checks.addAll(checked);
        }
    }

    /**
     * One case of a round: every task, every contestant.
     *
     * @param round counted from 1; every second one takes the contestants from the last to the first, so that none always
     *     comes before its neighbour
     */
    public void round(int round, Case setting) throws IOException {
        List<Contestant> order = new ArrayList<>(contestants);
        if (round % 2 == 0) {
            Collections.reverse(order);
        }
        Path tensors = tensors(setting);
        limits(round, setting, tensors);
        if (plan.tasks().contains(Task.INFER)) {
            export(setting, tensors);
        }
        for (Task task : plan.tasks()) {
            if (task == Task.TRAIN && setting.measuresLatency()) {
                continue;
            }
            for (Contestant contestant : order) {
                run(contestant, setting, task, tensors)
                        .map(seen ->
                                new TimedRun(round, setting, task, contestant.name(), seen.answer(), seen.background()))
                        .ifPresent(this::add);
            }
        }
    }

    /** Writes the network as ONNX for those who read that. */
    private void export(Case setting, Path tensors) throws IOException {
        if (contestants.stream().noneMatch(c -> c.family() == Family.ONNX_RUNTIME)) {
            return;
        }
        Job job = job(Task.CHECK, all.export(), Precision.F32, setting, tensors);
        try {
            child.run(all.export(), all.ownEnvironment(), job, Measurement.class);
        } catch (ProcessFailure e) {
            for (Precision precision : Precision.values()) {
                Files.deleteIfExists(job.model(precision));
            }
            progress.accept(setting.label() + "  the network could not be exported: " + e.getMessage());
        }
    }

    private void add(TimedRun one) {
        measured.add(one);
        progress.accept(String.format(
                Locale.ROOT,
                "round %d  %s  %-5s  %-28s  %9.1f images/s",
                one.round(),
                one.setting().label(),
                one.task().name().toLowerCase(Locale.ROOT),
                one.contestant(),
                one.imagesPerSecond()));
    }

    private void limits(int round, Case setting, Path tensors) throws IOException {
        if (isSkipped(LIMIT, setting, Task.TRAIN)) {
            return;
        }
        try {
            limits.add(new MeasuredLimits(
                    round,
                    setting,
                    child.run(
                            all.limit(),
                            all.ownEnvironment(),
                            job(Task.TRAIN, all.limit(), Precision.F32, setting, tensors),
                            ConvolutionLimits.class)));
        } catch (ProcessFailure e) {
            report(new SkippedRun(setting, Task.TRAIN, LIMIT, String.valueOf(e.getMessage())));
        }
    }

    /** What failed once is not tried again. */
    private Optional<Observed> run(Contestant contestant, Case setting, Task task, Path tensors) throws IOException {
        if (!contestant.tasks().contains(task) || isSkipped(contestant.name(), setting, task)) {
            return Optional.empty();
        }
        if (contestant.missing() != null) {
            report(new SkippedRun(setting, task, contestant.name(), contestant.missing()));
            return Optional.empty();
        }
        try (BackgroundWatch watch = new BackgroundWatch()) {
            Program program = contestant.program();
            Job job = job(task, program, contestant.precision(), setting, tensors);
            Measurement answer = child.run(program, contestant.environment(), job, Measurement.class);
            return Optional.of(new Observed(answer, watch.stop()));
        } catch (ProcessFailure e) {
            report(new SkippedRun(setting, task, contestant.name(), String.valueOf(e.getMessage())));
            return Optional.empty();
        }
    }

    private boolean isSkipped(String contestant, Case setting, Task task) {
        return skipped.stream()
                .anyMatch(a -> a.contestant().equals(contestant) && a.setting().equals(setting) && a.task() == task);
    }

    private void report(SkippedRun one) {
        skipped.add(one);
        progress.accept(one.setting().label() + "  " + one.task().name().toLowerCase(Locale.ROOT) + "  "
                + one.contestant() + " is skipped: " + one.reason());
    }

    private Job job(Task task, Program program, Precision precision, Case setting, Path tensors) {
        return new Job(
                task,
                program.variant(),
                precision,
                setting.spec(),
                setting.batch(),
                tensors.toString(),
                all.threads(),
                plan.measurement());
    }

    /** One file for all, overwritten for each case: the weights of three cases would fill a small temporary folder. */
    private Path tensors(Case setting) throws IOException {
        Path file = all.workFolder().resolve("tensors.safetensors");
        TensorFile.write(file, Network.of(setting.spec()), setting.batch(), SEED);
        return file;
    }
}
