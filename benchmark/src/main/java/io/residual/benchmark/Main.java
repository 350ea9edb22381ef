package io.residual.benchmark;

import io.residual.benchmark.measurement.MeasurementPlan;
import io.residual.benchmark.measurement.Task;
import io.residual.benchmark.report.ReportFolder;
import io.residual.benchmark.rounds.Case;
import io.residual.benchmark.rounds.Contestant;
import io.residual.benchmark.rounds.Contestants;
import io.residual.benchmark.rounds.Results.Verdict;
import io.residual.benchmark.rounds.Rounds;
import io.residual.benchmark.rounds.Rounds.BenchmarkPlan;
import io.residual.core.ResidualException;
import io.residual.core.ResidualException.Kind;
import io.residual.training.cli.CommandRunner;
import io.residual.training.cli.ExitStatus;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.OptionalInt;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The command {@code benchmark}: measures this project, stock DL4J, DJL, PyTorch and ONNX Runtime side by side. */
@Command(
        name = "benchmark",
        description =
                "Compares the speed of training and inference of the same networks with this project, stock DL4J, DJL,"
                        + " PyTorch and ONNX Runtime. Each measurement runs in a separate process.",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        optionListHeading = "%nOptions:%n",
        usageHelpAutoWidth = true)
public final class Main implements Callable<Integer> {
    @ArgGroup(validate = false, heading = "%nPrograms and networks:%n")
    Programs programs = new Programs();

    @ArgGroup(validate = false, heading = "%nMeasurement:%n")
    Measuring measuring = new Measuring();

    @ArgGroup(validate = false, heading = "%nReport:%n")
    Output output = new Output();

    /** The name of {@code --timeout} in version 0.1.0. */
    @Option(names = "--patience", hidden = true)
    @Nullable
    Integer patience;

    static final class Programs {
        @Option(
                names = "--contestants",
                paramLabel = "NAME",
                split = ",",
                description = "programs to measure, separated by commas; --list shows them (default: all)")
        List<String> names = List.of();

        @Option(
                names = "--cases",
                paramLabel = "[MODEL:]PIXELSxBATCH",
                split = ",",
                defaultValue = "28x256,28x1,96x64,96x256,96x1,resnet20:28x128,resnet20:28x1",
                description = "networks (resnet18 if none is named), image sizes and batch sizes; batch 1 is for the"
                        + " latency of inference (default: ${DEFAULT-VALUE})")
        List<String> cases = List.of();

        @Option(
                names = "--width",
                paramLabel = "CHANNELS",
                description = "channels of the stem (default: 64 for resnet18, 16 for resnet20)")
        @Nullable
        Integer width;

        @Option(
                names = "--python",
                paramLabel = "FILE",
                defaultValue = "/usr/bin/python3",
                description = "Python interpreter that has torch (default: ${DEFAULT-VALUE})")
        Path python = Path.of("");

        @Option(names = "--list", description = "only list the programs and their settings (default: measure)")
        boolean list;
    }

    static final class Measuring {
        @Option(
                names = "--modes",
                paramLabel = "train|infer",
                split = ",",
                defaultValue = "train,infer",
                description = "what to measure (default: ${DEFAULT-VALUE})")
        List<String> modes = List.of();

        @Option(
                names = "--rounds",
                paramLabel = "ROUNDS",
                defaultValue = "3",
                description = "how often each program is measured; 0 with --check only checks (default:"
                        + " ${DEFAULT-VALUE})")
        int rounds;

        @Option(
                names = "--seconds",
                paramLabel = "SECONDS",
                defaultValue = "15",
                description = "minimum measuring time of each process (default: ${DEFAULT-VALUE})")
        double seconds;

        @Option(
                names = "--warmup",
                paramLabel = "SECONDS",
                defaultValue = "5",
                description = "minimum warm-up time of each process (default: ${DEFAULT-VALUE})")
        double warmupSeconds;

        @Option(
                names = "--timeout",
                paramLabel = "MINUTES",
                defaultValue = "30",
                description = "maximum time of a process (default: ${DEFAULT-VALUE})")
        int timeoutMinutes;

        @Option(
                names = "--check",
                description =
                        "first check that all programs compute the same from the same weights (default: no check)")
        boolean check;
    }

    static final class Output {
        @Option(
                names = "--out",
                paramLabel = "DIR",
                defaultValue = "runs/benchmark",
                description = "folder of benchmark.md, benchmark.json and the charts (default: ${DEFAULT-VALUE})")
        Path folder = Path.of("");

        @Option(
                names = "--redraw",
                description =
                        "draw the charts again from benchmark.json in --out, without measuring (default: measure)")
        boolean redraw;
    }

    @Spec
    CommandSpec spec = CommandSpec.create();

    public static void main(String[] arguments) {
        System.exit(CommandRunner.run(new Main(), arguments));
    }

    @Override
    public Integer call() throws IOException {
        if (output.redraw) {
            new ReportFolder(output.folder).redraw();
            out().println("Charts drawn in " + output.folder);
            return ExitStatus.OK.code();
        }
        Path workFolder = Files.createTempDirectory("residual-benchmark");
        Thread cleanup = new Thread(() -> delete(workFolder));
        Runtime.getRuntime().addShutdownHook(cleanup);
        try {
            Contestants all = new Contestants(Runtime.getRuntime().availableProcessors(), workFolder, programs.python);
            if (programs.list) {
                all.contestants()
                        .forEach(c -> out().printf("%-28s  %s%n%30s%s%n", c.name(), c.description(), "", c.settings()));
                return ExitStatus.OK.code();
            }
            BenchmarkPlan plan = plan();
            List<Contestant> contestants = chosen(all.contestants());
            unpackPeer(workFolder);
            return run(plan, new Rounds(plan, all, contestants, line -> {
                err().println(line);
                err().flush();
            }));
        } finally {
            delete(workFolder);
            Runtime.getRuntime().removeShutdownHook(cleanup);
        }
    }

    private int run(BenchmarkPlan plan, Rounds measurements) throws IOException {
        ReportFolder folder = new ReportFolder(output.folder);
        if (measuring.check) {
            measurements.check();
        }
        String tables = folder.write(measurements.results());
        for (int round = 1; round <= measuring.rounds; round++) {
            for (Case setting : plan.cases()) {
                measurements.round(round, setting);
                tables = folder.write(measurements.results()); // so that an interrupted run leaves its results
            }
        }
        out().print(tables);
        out().println("Written to " + output.folder);
        out().flush();
        List<String> different = measurements.results().checks().stream()
                .filter(c -> c.verdict() == Verdict.DIFFERENT)
                .map(c -> c.contestant() + " at " + c.setting().label())
                .toList();
        if (!different.isEmpty()) {
            err().println("error: not the same network: " + String.join(", ", different)
                    + ". These results cannot be compared: see " + output.folder.resolve("benchmark.md"));
            return ExitStatus.INTERNAL.code();
        }
        return ExitStatus.OK.code();
    }

    private BenchmarkPlan plan() {
        int timeout = patience == null ? measuring.timeoutMinutes : patience;
        if (!(measuring.rounds >= 0 && timeout >= 1)) {
            throw usage("--rounds must be at least 0 and --timeout at least 1, got " + measuring.rounds + " and "
                    + timeout);
        }
        OptionalInt ownWidth = programs.width == null ? OptionalInt.empty() : OptionalInt.of(programs.width);
        try {
            return new BenchmarkPlan(
                    programs.cases.stream()
                            .map(text -> Case.parse(text, ownWidth))
                            .toList(),
                    measuring.modes.stream().map(Main::task).toList(),
                    new MeasurementPlan(measuring.warmupSeconds, 2, measuring.seconds, 3),
                    Duration.ofMinutes(timeout));
        } catch (IllegalArgumentException e) {
            throw usage(String.valueOf(e.getMessage()));
        }
    }

    private static Task task(String mode) {
        return switch (mode) {
            case "train" -> Task.TRAIN;
            case "infer" -> Task.INFER;
            default -> throw new IllegalArgumentException("a mode is train or infer, got '" + mode + "'");
        };
    }

    private List<Contestant> chosen(List<Contestant> all) {
        if (programs.names.isEmpty()) {
            return all;
        }
        List<String> known = all.stream().map(Contestant::name).toList();
        List<String> unknown = new ArrayList<>(programs.names);
        unknown.removeAll(known);
        if (!unknown.isEmpty()) {
            throw usage("unknown --contestants " + String.join(", ", unknown) + ": choose from "
                    + String.join(", ", known));
        }
        return all.stream().filter(c -> programs.names.contains(c.name())).toList();
    }

    private static ResidualException usage(String message) {
        return new ResidualException(Kind.BAD_SETTING, message);
    }

    private static void unpackPeer(Path folder) throws IOException {
        try (InputStream peer = Objects.requireNonNull(Main.class.getResourceAsStream("peer.py"))) {
            Files.copy(peer, folder.resolve("peer.py"));
        }
    }

    /** Deletes a temporary folder, or warns that it remains. */
    private static void delete(Path folder) {
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        } catch (IOException | UncheckedIOException e) {
            System.err.println("warning: " + folder + " could not be deleted: " + e);
        }
    }

    private PrintWriter out() {
        return spec.commandLine().getOut();
    }

    private PrintWriter err() {
        return spec.commandLine().getErr();
    }
}
