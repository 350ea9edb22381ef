package io.residual.benchmark;

import io.residual.benchmark.measurement.MeasurementPlan;
import io.residual.benchmark.measurement.Task;
import io.residual.benchmark.report.ReportFolder;
import io.residual.benchmark.rounds.Case;
import io.residual.benchmark.rounds.Contestant;
import io.residual.benchmark.rounds.Contestants;
import io.residual.benchmark.rounds.Results.Verdict;
import io.residual.benchmark.rounds.Rounds;
import io.residual.benchmark.rounds.Rounds.Plan;
import io.residual.core.ResidualException;
import io.residual.core.ResidualException.Kind;
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
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The command {@code benchmark}: measures this project, stock DL4J, DJL and PyTorch side by side. */
@Command(
        name = "benchmark",
        description =
                "Measures training and inference of the same networks with this project, stock DL4J, DJL and PyTorch,"
                        + " in turn and each in a process of its own.",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        usageHelpAutoWidth = true)
public final class Main implements Callable<Integer> {
    @Option(
            names = "--rounds",
            paramLabel = "N",
            defaultValue = "3",
            description = "Rounds (default: ${DEFAULT-VALUE}; 0 with --check only checks).")
    int rounds;

    @Option(
            names = "--cases",
            paramLabel = "[MODEL:]PIXELSxBATCH",
            split = ",",
            defaultValue = "28x256,96x64,96x256,resnet20:28x128",
            description = "Image side and batch size of resnet18 or resnet20 (default: ${DEFAULT-VALUE}).")
    List<String> cases = List.of();

    @Option(
            names = "--contestants",
            paramLabel = "NAME",
            split = ",",
            description = "Who takes part (default: all; see --list).")
    List<String> names = List.of();

    @Option(
            names = "--modes",
            paramLabel = "MODE",
            split = ",",
            defaultValue = "train,infer",
            description = "train, infer (default: ${DEFAULT-VALUE}).")
    List<String> modes = List.of();

    @Option(
            names = "--seconds",
            paramLabel = "S",
            defaultValue = "15",
            description = "Least time measured in each process (default: ${DEFAULT-VALUE}).")
    double seconds;

    @Option(
            names = "--warmup",
            paramLabel = "S",
            defaultValue = "5",
            description = "Least time before it (default: ${DEFAULT-VALUE}).")
    double warmupSeconds;

    @Option(
            names = "--width",
            paramLabel = "N",
            description = "Channels of the stem (default: 64 for resnet18, 16 for resnet20).")
    @Nullable
    Integer width;

    @Option(names = "--check", description = "First verify that all compute the same from the same weights.")
    boolean check;

    @Option(
            names = "--redraw",
            description = "Draw the charts of --out anew from its benchmark.json, and measure nothing.")
    boolean redraw;

    @Option(names = "--list", description = "List the contestants and their settings, and do nothing.")
    boolean list;

    @Option(
            names = "--python",
            paramLabel = "PATH",
            defaultValue = "/usr/bin/python3",
            description = "Interpreter that has torch (default: ${DEFAULT-VALUE}).")
    Path python = Path.of("");

    @Option(
            names = "--patience",
            paramLabel = "MINUTES",
            defaultValue = "30",
            description = "End a process after this time (default: ${DEFAULT-VALUE}).")
    int patienceMinutes;

    @Option(
            names = "--out",
            paramLabel = "DIR",
            defaultValue = "runs/benchmark",
            description = "Folder of benchmark.md, benchmark.json and the charts (default: ${DEFAULT-VALUE}).")
    Path out = Path.of("");

    @Spec
    CommandSpec spec = CommandSpec.create();

    public static void main(String[] arguments) {
        System.exit(commandLine().execute(arguments));
    }

    /** The command; a fault that the user can mend is one line on the error stream and an exit status. */
    static CommandLine commandLine() {
        return new CommandLine(new Main()).setExecutionExceptionHandler((fault, command, result) -> {
            if (fault instanceof ResidualException mendable) {
                command.getErr().println("benchmark: " + mendable.getMessage());
                return ExitStatus.of(mendable.kind()).code();
            }
            throw fault;
        });
    }

    @Override
    public Integer call() throws IOException {
        if (redraw) {
            new ReportFolder(out).redraw();
            out().println("Drawn in " + out);
            return ExitStatus.OK.code();
        }
        Path workFolder = Files.createTempDirectory("residual-benchmark");
        Thread cleanup = new Thread(() -> delete(workFolder));
        Runtime.getRuntime().addShutdownHook(cleanup);
        try {
            Contestants lineup = new Contestants(Runtime.getRuntime().availableProcessors(), workFolder, python);
            if (list) {
                lineup.contestants()
                        .forEach(c -> out().printf("%-28s  %s%n%30s%s%n", c.name(), c.description(), "", c.settings()));
                return ExitStatus.OK.code();
            }
            Plan plan = plan();
            List<Contestant> contestants = chosen(lineup.contestants());
            unpackPeer(workFolder);
            return run(plan, new Rounds(plan, lineup, contestants, line -> {
                err().println(line);
                err().flush();
            }));
        } finally {
            delete(workFolder);
            Runtime.getRuntime().removeShutdownHook(cleanup);
        }
    }

    private int run(Plan plan, Rounds contest) throws IOException {
        ReportFolder folder = new ReportFolder(out);
        if (check) {
            contest.check();
        }
        String tables = folder.write(contest.results());
        for (int round = 1; round <= rounds; round++) {
            for (Case setting : plan.cases()) {
                contest.round(round, setting);
                tables = folder.write(contest.results()); // so that an ended run leaves what it has
            }
        }
        out().print(tables);
        out().println("Written to " + out);
        out().flush();
        List<String> different = contest.results().checks().stream()
                .filter(c -> c.verdict() == Verdict.DIFFERENT)
                .map(c -> c.contestant() + " at " + c.setting().label())
                .toList();
        if (!different.isEmpty()) {
            spec.commandLine()
                    .getErr()
                    .println("benchmark: not the same network: " + String.join(", ", different)
                            + ". Its figures compare nothing: see " + out.resolve("benchmark.md"));
            return ExitStatus.INTERNAL.code();
        }
        return ExitStatus.OK.code();
    }

    private Plan plan() {
        if (!(rounds >= 0 && patienceMinutes >= 1)) {
            throw usage(
                    "--rounds must be at least 0 and --patience at least 1, got " + rounds + " and " + patienceMinutes);
        }
        OptionalInt ownWidth = width == null ? OptionalInt.empty() : OptionalInt.of(width);
        try {
            return new Plan(
                    cases.stream().map(text -> Case.parse(text, ownWidth)).toList(),
                    modes.stream().map(Main::task).toList(),
                    new MeasurementPlan(warmupSeconds, 2, seconds, 3),
                    Duration.ofMinutes(patienceMinutes));
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
            throw usage("no contestant is called " + String.join(", ", unknown) + "; there are "
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

    /** Deletes a temporary folder, or says that it stays. */
    private static void delete(Path folder) {
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        } catch (IOException | UncheckedIOException e) {
            System.err.println("benchmark: " + folder + " is left behind: " + e);
        }
    }

    private PrintWriter out() {
        return spec.commandLine().getOut();
    }

    private PrintWriter err() {
        return spec.commandLine().getErr();
    }
}
