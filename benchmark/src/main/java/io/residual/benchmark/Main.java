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
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The command {@code benchmark}: measures this project, stock DL4J, DJL and PyTorch side by side. */
@Command(
        name = "benchmark",
        description =
                "Compares the speed of training and inference of the same networks with this project, stock DL4J, DJL and"
                        + " PyTorch. Each measurement runs in a separate process.",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        usageHelpAutoWidth = true)
public final class Main implements Callable<Integer> {
    @Option(
            names = "--rounds",
            paramLabel = "N",
            defaultValue = "3",
            description = "How often each program is measured (default: ${DEFAULT-VALUE}; 0 with --check only checks).")
    int rounds;

    @Option(
            names = "--cases",
            paramLabel = "[MODEL:]PIXELSxBATCH",
            split = ",",
            defaultValue = "28x256,96x64,96x256,resnet20:28x128",
            description = "Network (default: resnet18), image size and batch size (default: ${DEFAULT-VALUE}).")
    List<String> cases = List.of();

    @Option(
            names = "--contestants",
            paramLabel = "NAME",
            split = ",",
            description = "Programs to measure (default: all; see --list).")
    List<String> names = List.of();

    @Option(
            names = "--modes",
            paramLabel = "MODE",
            split = ",",
            defaultValue = "train,infer",
            description = "What to measure: train, infer (default: ${DEFAULT-VALUE}).")
    List<String> modes = List.of();

    @Option(
            names = "--seconds",
            paramLabel = "SECONDS",
            defaultValue = "15",
            description = "Minimum measuring time of each process (default: ${DEFAULT-VALUE}).")
    double seconds;

    @Option(
            names = "--warmup",
            paramLabel = "SECONDS",
            defaultValue = "5",
            description = "Minimum warm-up time of each process (default: ${DEFAULT-VALUE}).")
    double warmupSeconds;

    @Option(
            names = "--width",
            paramLabel = "N",
            description = "Channels of the stem (default: 64 for resnet18, 16 for resnet20).")
    @Nullable
    Integer width;

    @Option(names = "--check", description = "First check that all programs compute the same from the same weights.")
    boolean check;

    @Option(names = "--redraw", description = "Draw the charts again from benchmark.json in --out, without measuring.")
    boolean redraw;

    @Option(names = "--list", description = "List the programs and their settings, and exit.")
    boolean list;

    @Option(
            names = "--python",
            paramLabel = "PATH",
            defaultValue = "/usr/bin/python3",
            description = "Python interpreter that has torch (default: ${DEFAULT-VALUE}).")
    Path python = Path.of("");

    @Option(
            names = "--timeout",
            paramLabel = "MINUTES",
            defaultValue = "30",
            description = "Maximum time of a process (default: ${DEFAULT-VALUE}).")
    int timeoutMinutes;

    /** The name of {@code --timeout} in version 0.1.0. */
    @Option(names = "--patience", hidden = true)
    void setPatience(int minutes) {
        timeoutMinutes = minutes;
    }

    @Option(
            names = "--out",
            paramLabel = "DIR",
            defaultValue = "runs/benchmark",
            description = "Folder of benchmark.md, benchmark.json and the charts (default: ${DEFAULT-VALUE}).")
    Path out = Path.of("");

    @Spec
    CommandSpec spec = CommandSpec.create();

    public static void main(String[] arguments) {
        System.exit(CommandRunner.run(new Main(), arguments));
    }

    @Override
    public Integer call() throws IOException {
        if (redraw) {
            new ReportFolder(out).redraw();
            out().println("Charts drawn in " + out);
            return ExitStatus.OK.code();
        }
        Path workFolder = Files.createTempDirectory("residual-benchmark");
        Thread cleanup = new Thread(() -> delete(workFolder));
        Runtime.getRuntime().addShutdownHook(cleanup);
        try {
            Contestants all = new Contestants(Runtime.getRuntime().availableProcessors(), workFolder, python);
            if (list) {
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
        ReportFolder folder = new ReportFolder(out);
        if (check) {
            measurements.check();
        }
        String tables = folder.write(measurements.results());
        for (int round = 1; round <= rounds; round++) {
            for (Case setting : plan.cases()) {
                measurements.round(round, setting);
                tables = folder.write(measurements.results()); // so that an interrupted run leaves its results
            }
        }
        out().print(tables);
        out().println("Written to " + out);
        out().flush();
        List<String> different = measurements.results().checks().stream()
                .filter(c -> c.verdict() == Verdict.DIFFERENT)
                .map(c -> c.contestant() + " at " + c.setting().label())
                .toList();
        if (!different.isEmpty()) {
            err().println("error: not the same network: " + String.join(", ", different)
                    + ". These results cannot be compared: see " + out.resolve("benchmark.md"));
            return ExitStatus.INTERNAL.code();
        }
        return ExitStatus.OK.code();
    }

    private BenchmarkPlan plan() {
        if (!(rounds >= 0 && timeoutMinutes >= 1)) {
            throw usage(
                    "--rounds must be at least 0 and --timeout at least 1, got " + rounds + " and " + timeoutMinutes);
        }
        OptionalInt ownWidth = width == null ? OptionalInt.empty() : OptionalInt.of(width);
        try {
            return new BenchmarkPlan(
                    cases.stream().map(text -> Case.parse(text, ownWidth)).toList(),
                    modes.stream().map(Main::task).toList(),
                    new MeasurementPlan(warmupSeconds, 2, seconds, 3),
                    Duration.ofMinutes(timeoutMinutes));
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
        if (names.isEmpty()) {
            return all;
        }
        List<String> known = all.stream().map(Contestant::name).toList();
        List<String> unknown = new ArrayList<>(names);
        unknown.removeAll(known);
        if (!unknown.isEmpty()) {
            throw usage("unknown --contestants " + String.join(", ", unknown) + ": choose from "
                    + String.join(", ", known));
        }
        return all.stream().filter(c -> names.contains(c.name())).toList();
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
