package io.residual.tuning;

import io.residual.core.ResidualException;
import io.residual.core.ResidualException.Kind;
import io.residual.training.cli.CommandRunner;
import io.residual.training.cli.ExitStatus;
import io.residual.training.cli.ProjectVersion;
import io.residual.training.cli.Terminal;
import io.residual.tuning.report.ReportServer;
import io.residual.tuning.report.SweepConsole;
import io.residual.tuning.report.SweepResults;
import io.residual.tuning.sweep.Sweep;
import io.residual.tuning.sweep.SweepFile;
import io.residual.tuning.sweep.TimeSpan;
import io.residual.tuning.trials.SubprocessExecutor;
import io.residual.tuning.trials.SweepDatabase;
import io.residual.tuning.trials.SweepHandle;
import io.residual.tuning.trials.SweepHandle.StopReason;
import io.residual.tuning.trials.WorkerResources;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The command {@code tune}. */
@Command(
        name = "tune",
        description = "Searches for the settings that train best, and explains which of them matter.",
        mixinStandardHelpOptions = true,
        versionProvider = ProjectVersion.class)
public final class Main implements Callable<Integer> {
    @Option(
            names = "--sweep",
            paramLabel = "NAME|FILE",
            description = "what to search: lr-cosine, image-size, depth-width, or a YAML file")
    private @Nullable String sweepFile;

    @Option(
            names = "--dir",
            paramLabel = "DIR",
            required = true,
            description = "directory of the sweep: its table, its trials and its report")
    private Path directory = Path.of("");

    @Option(names = "--trials", paramLabel = "N", description = "trials in all, instead of the file's budget")
    private @Nullable Integer trials;

    @Option(names = "--time", paramLabel = "TIME", description = "such as 35m or 2h, instead of the file's budget")
    private @Nullable String time;

    @Option(
            names = "--workers",
            paramLabel = "N",
            defaultValue = "1",
            description = "trials at a time, each with its share of cores and memory (default: ${DEFAULT-VALUE}); with"
                    + " more than one, the order in which they end decides what is proposed")
    private int workers = 1;

    @Option(names = "--resume", description = "goes on with the sweep in --dir")
    private boolean resume;

    @Option(
            names = "--serve",
            paramLabel = "PORT",
            arity = "0..1",
            fallbackValue = "7070",
            description = "shows the report live at http://127.0.0.1:PORT, for this machine alone (default port 7070);"
                    + " without --sweep and --resume, of a sweep that another process runs or has run")
    private @Nullable Integer port;

    @Spec
    private @Nullable CommandSpec command;

    public static void main(String[] args) {
        System.exit(CommandRunner.run(new Main(), args));
    }

    @Override
    public Integer call() {
        if (sweepFile == null && !resume) {
            if (port == null) {
                throw new ResidualException(
                        Kind.BAD_SETTING,
                        "give --sweep with one of " + String.join(", ", SweepFile.shipped())
                                + " or a YAML file, --resume to go on, or --serve to look");
            }
            watch(port);
            return ExitStatus.OK.code();
        }
        if (workers < 1) {
            throw new ResidualException(Kind.BAD_SETTING, "--workers: expected at least 1, got " + workers);
        }
        WorkerResources share = WorkerResources.forThisMachine(workers);
        try (SweepHandle session = open()) {
            run(session, share);
        }
        return ExitStatus.OK.code();
    }

    private SweepHandle open() {
        Optional<String> name = Optional.ofNullable(sweepFile);
        Optional<String> text = name.map(SweepFile::text);
        return resume
                ? SweepHandle.resume(directory, name.orElse(""), text, this::withBudget)
                : SweepHandle.create(directory, name.orElseThrow(), text.orElseThrow(), this::withBudget);
    }

    private Sweep withBudget(Sweep sweep) {
        Sweep changed = sweep;
        if (trials != null) {
            if (trials < 1) {
                throw new ResidualException(Kind.BAD_SETTING, "--trials: expected at least 1, got " + trials);
            }
            changed = changed.withBudget(changed.budget().withTrials(trials));
        }
        if (time != null) {
            changed = changed.withBudget(changed.budget().withTime(limit(time)));
        }
        return changed;
    }

    private static Duration limit(String text) {
        try {
            return TimeSpan.parse(text);
        } catch (IllegalArgumentException e) {
            throw new ResidualException(Kind.BAD_SETTING, "--time: " + e.getMessage(), e);
        }
    }

    @SuppressWarnings("ClosingStandardOutputStreams") // the table ends its clock, not the stream
    private void run(SweepHandle session, WorkerResources share) {
        PrintWriter out = Objects.requireNonNull(command).commandLine().getOut();
        SweepResults results = new SweepResults(session.sweep(), session.directory());
        StopReason end;
        try (ReportServer server = port == null
                        ? ReportServer.none()
                        : ReportServer.on(port, () -> results.live(session.trials()));
                SweepConsole table =
                        new SweepConsole(Terminal.detect(), System.out, session.sweep(), session::trials)) {
            server.address().ifPresent(address -> out.println("The sweep live: " + address));
            end = session.run(workers, new SubprocessExecutor(share), table);
        } finally {
            results.write(session.trials());
        }
        results.tell(session.trials(), end, out);
    }

    /** Serves until the process is told to end. */
    private void watch(int listenPort) {
        PrintWriter out = Objects.requireNonNull(command).commandLine().getOut();
        try (SweepDatabase store = SweepDatabase.openReadOnly(directory)) {
            Sweep sweep = SweepFile.parse(directory + " (its sweep file)", store.sweepFile());
            SweepResults results = new SweepResults(sweep, directory);
            try (ReportServer server = ReportServer.on(listenPort, () -> results.live(store.trials()))) {
                server.address().ifPresent(address -> out.println("The sweep live: " + address));
                Thread.currentThread().join();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
