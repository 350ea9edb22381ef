package io.residual.benchmark.report;

import io.residual.benchmark.measurement.ConvolutionLimits;
import io.residual.benchmark.measurement.ConvolutionLimits.ConvolutionTime;
import io.residual.benchmark.measurement.Measurement;
import io.residual.benchmark.measurement.MeasurementPlan;
import io.residual.benchmark.measurement.Precision;
import io.residual.benchmark.measurement.Task;
import io.residual.benchmark.rounds.Background;
import io.residual.benchmark.rounds.Case;
import io.residual.benchmark.rounds.Contestant;
import io.residual.benchmark.rounds.Contestant.Family;
import io.residual.benchmark.rounds.Machine;
import io.residual.benchmark.rounds.Model;
import io.residual.benchmark.rounds.Program.PythonProgram;
import io.residual.benchmark.rounds.Results;
import io.residual.benchmark.rounds.Results.EqualityResult;
import io.residual.benchmark.rounds.Results.MeasuredLimits;
import io.residual.benchmark.rounds.Results.SkippedRun;
import io.residual.benchmark.rounds.Results.TimedRun;
import io.residual.benchmark.rounds.Results.Verdict;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Two rounds of training at 28 pixels, batch 256, one of inference without stock. */
final class Fixture {
    static final Case CASE = new Case(Model.RESNET_18, 28, 256, 64);

    private static final Background QUIET = new Background(0.004, 0.0003);

    private Fixture() {}

    static Results results() {
        return new Results(
                "2026-03-04T05:06:07Z",
                new Machine("Abacus <3> & Sons", 5, 16_000_000_000L, "Linux 6.1 amd64", "OpenJDK 17", 0.25),
                new MeasurementPlan(2, 3, 7, 4),
                5,
                List.of(
                        contestant("residual", Family.RESIDUAL),
                        contestant("stock", Family.STOCK),
                        contestant("djl", Family.PYTORCH),
                        contestant("pytorch", Family.PYTORCH)),
                List.of(
                        measured(1, Task.TRAIN, "residual", 800, 2_000_000_000L),
                        measured(1, Task.TRAIN, "stock", 50, 900_000_000L),
                        measured(1, Task.TRAIN, "djl", 400, 3_000_000_000L),
                        measured(1, Task.TRAIN, "pytorch", 500, 1_500_000_000L),
                        measured(2, Task.TRAIN, "residual", 600, 2_500_000_000L),
                        measured(2, Task.TRAIN, "stock", 60, 800_000_000L),
                        measured(2, Task.TRAIN, "djl", 480, 3_100_000_000L),
                        measured(2, Task.TRAIN, "pytorch", 300, 1_400_000_000L),
                        measured(1, Task.INFER, "residual", 3000, 700_000_000L)),
                List.of(limits(1, 1600), limits(2, 1000)),
                List.of(
                        new SkippedRun(CASE, Task.TRAIN, "djl-malloc", "no library"),
                        new SkippedRun(CASE, Task.INFER, "djl-malloc", "no library")),
                List.of(
                        new EqualityResult(CASE, "djl", "residual", 11_178_378, 2.5e-7, 3e-5, Verdict.SAME),
                        new EqualityResult(
                                new Case(Model.RESNET_18, 28, 64, 64),
                                "djl",
                                "residual",
                                11_178_378,
                                1e-7,
                                1e-5,
                                Verdict.SAME)));
    }

    /**
     * The same with programs in bf16 and one image at a time: in the second round DJL in 32-bit floats is PyTorch's fastest,
     * in the first PyTorch in bf16.
     */
    static Results inSeveralPrecisions() {
        Results f32 = results();
        return new Results(
                f32.started(),
                f32.machine(),
                f32.plan(),
                f32.threads(),
                and(
                        f32.contestants(),
                        contestant("residual-bf16", Family.RESIDUAL, Precision.BF16),
                        contestant("pytorch-bf16", Family.PYTORCH, Precision.BF16),
                        contestant("onnxruntime", Family.ONNX_RUNTIME, Precision.F32)),
                and(
                        f32.measured(),
                        measured(1, Task.TRAIN, "residual-bf16", 1200, 1_000_000_000L),
                        measured(1, Task.TRAIN, "pytorch-bf16", 1000, 1_000_000_000L),
                        measured(2, Task.TRAIN, "residual-bf16", 900, 1_000_000_000L),
                        measured(2, Task.TRAIN, "pytorch-bf16", 300, 1_000_000_000L),
                        latency("residual", 0.001),
                        latency("onnxruntime", 0.002)),
                f32.limits(),
                f32.skipped(),
                f32.checks());
    }

    /** Results in which other processes took that share of the cores once, and known work that many times its time. */
    static Results disturbed(double otherShare, double slowdown) {
        Results quiet = results();
        TimedRun first = quiet.measured().get(0);
        List<TimedRun> measured = new ArrayList<>(quiet.measured());
        measured.set(
                0,
                new TimedRun(
                        first.round(),
                        first.setting(),
                        first.task(),
                        first.contestant(),
                        first.answer(),
                        new Background(otherShare, slowdown * QUIET.knownWorkSeconds())));
        return new Results(
                quiet.started(),
                quiet.machine(),
                quiet.plan(),
                quiet.threads(),
                quiet.contestants(),
                measured,
                quiet.limits(),
                quiet.skipped(),
                quiet.checks());
    }

    /** Calls of 1, 2, ... 100 times that many seconds. */
    private static TimedRun latency(String contestant, double seconds) {
        List<Double> calls =
                IntStream.rangeClosed(1, 100).mapToObj(i -> i * seconds).toList();
        Measurement answer = new Measurement(calls, List.of(), List.of(), 11_178_378, null, Map.of());
        return new TimedRun(1, new Case(Model.RESNET_18, 28, 1, 64), Task.INFER, contestant, answer, QUIET);
    }

    @SafeVarargs
    private static <T> List<T> and(List<T> first, T... more) {
        return Stream.concat(first.stream(), Stream.of(more)).toList();
    }

    private static Contestant contestant(String name, Family family) {
        return contestant(name, family, Precision.F32);
    }

    private static Contestant contestant(String name, Family family, Precision precision) {
        return new Contestant(
                name,
                family,
                precision,
                "About " + name + ".",
                new PythonProgram("v", "/bin/p", "s"),
                Map.of("B", "2", "A", "1"),
                Set.of(Task.TRAIN, Task.INFER),
                null);
    }

    /** Three steps, whose median gives the rate; their mean would not. */
    private static TimedRun measured(int round, Task task, String contestant, double rate, long bytes) {
        double step = 256 / rate;
        Measurement answer = new Measurement(
                List.of(step, 9 * step, 0.8 * step),
                List.of(),
                List.of(),
                11_178_378,
                bytes,
                Map.of("Lib", "1." + round));
        return new TimedRun(round, CASE, task, contestant, answer, QUIET);
    }

    /** Training takes 4 times as long as the forward pass. */
    private static MeasuredLimits limits(int round, double trainingRate) {
        double seconds = 256 / trainingRate;
        ConvolutionTime first = new ConvolutionTime("stem.conv", 0.125 * seconds, 0, 0.25 * seconds);
        ConvolutionTime second =
                new ConvolutionTime("stage1.block1.conv1", 0.125 * seconds, 0.25 * seconds, 0.25 * seconds);
        // 98,418,176 multiply-adds for an image in training: the peak would be 2000 images/s
        return new MeasuredLimits(
                round,
                CASE,
                new ConvolutionLimits(List.of(first, second), 2 * 98_418_176.0 * 2000, Map.of("oneDNN", "3")));
    }
}
