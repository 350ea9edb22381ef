package io.residual.tuning;

import io.residual.core.ResidualException;
import io.residual.core.ResidualException.Kind;
import io.residual.training.Trainer;
import io.residual.training.cli.ExitStatus;
import io.residual.training.cli.Interruption;
import io.residual.training.cli.ProjectVersion;
import io.residual.training.cli.ShellWord;
import io.residual.training.cli.Terminal;
import io.residual.training.config.TrainingSpec;
import io.residual.training.run.RunDatasets;
import io.residual.tuning.report.ReportServer;
import io.residual.tuning.report.SweepConsole;
import io.residual.tuning.report.SweepResults;
import io.residual.tuning.sweep.ConfirmPlan;
import io.residual.tuning.sweep.Sweep;
import io.residual.tuning.sweep.SweepFile;
import io.residual.tuning.sweep.TimeSpan;
import io.residual.tuning.trials.SweepDatabase;
import io.residual.tuning.trials.SweepDisk;
import io.residual.tuning.trials.SweepHandle;
import io.residual.tuning.trials.SweepHandle.StopReason;
import io.residual.tuning.trials.Trial;
import io.residual.tuning.trials.TrialBackend;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The command {@code tune}, wherever its trials are trained. */
@Command(
        name = "tune",
        description = "Searches for the settings that train best, and explains which of them matter.",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        versionProvider = ProjectVersion.class)
public abstract class TuneCommand implements Callable<Integer> {
    @Option(
            names = "--dir",
            paramLabel = "DIR",
            required = true,
            description = "directory of the sweep: its database, its trials and its report")
    private Path directory = Path.of("");

    @ArgGroup(validate = false, heading = "%nSearch:%n")
    private Search search = new Search();

    @ArgGroup(validate = false, heading = "%nRun:%n")
    private Run run = new Run();

    @ArgGroup(validate = false, heading = "%nReport:%n")
    private Report report = new Report();

    @Spec
    private @Nullable CommandSpec command;

    /** What the report's server shows. */
    private volatile Supplier<String> page = () -> "<!DOCTYPE html><title>sweep</title><p>The sweep starts.</p>";

    private static final class Search {
        @Option(
                names = "--sweep",
                paramLabel = "NAME|FILE.yaml",
                description = "what to search: lr-cosine, image-size, depth-width, or a YAML file (default: with"
                        + " --resume, the sweep of --dir)")
        private @Nullable String file;

        @Option(
                names = "--data",
                paramLabel = "auto|sample|DIR|images:DIR",
                description = "images to train on (default: those of the sweep's preset)")
        private @Nullable String data;

        @Option(
                names = "--trials",
                paramLabel = "COUNT",
                description = "maximum number of trials (default: that of the sweep)")
        private @Nullable Integer trials;

        @Option(
                names = "--time",
                paramLabel = "TIME",
                description = "time limit of the search in this start, such as 35m or 2h (default: that of the sweep)")
        private @Nullable String time;

        @Option(
                names = "--confirm",
                paramLabel = "K[xN]|none",
                description = "train the best K trials again after the search, each with N fresh seeds (3 if N is not"
                        + " given), to choose the winner and to say what it is worth (default: that of the sweep)")
        private @Nullable String confirm;
    }

    private static final class Run {
        @Option(
                names = "--workers",
                paramLabel = "COUNT",
                description = "trials at a time, each on an equal part of the cores and memory; with more than one, the"
                        + " proposals depend on the order in which trials end (default: 1; with --spark, as many as"
                        + " the cluster has room for)")
        private @Nullable Integer workers;

        @Option(
                names = "--resume",
                description = "resume the sweep in --dir; finished trials stay (default: start a new sweep)")
        private boolean resume;
    }

    private static final class Report {
        @Option(
                names = "--serve",
                paramLabel = "PORT",
                arity = "0..1",
                fallbackValue = "7070",
                description =
                        "serve the live report at http://127.0.0.1:PORT, to this machine only (default: not served;"
                                + " port 7070 if none is given); without --sweep and --resume, only serve the report of a"
                                + " sweep that another process runs or has run")
        private @Nullable Integer port;
    }

    /**
     * Prepares what trains the trials, before the sweep's directory is touched.
     *
     * @param workers trials at a time, if the user asks for a number, at least 1
     * @param directory of the sweep
     * @throws ResidualException if there is no room for so many, or nothing can be trained there
     */
    protected abstract TrialBackend backend(OptionalInt workers, Path directory);

    @Override
    public Integer call() throws InterruptedException {
        if (search.file == null && !run.resume) {
            if (report.port == null) {
                throw new ResidualException(
                        Kind.BAD_SETTING,
                        "give --sweep with one of " + String.join(", ", SweepFile.shipped())
                                + " or a YAML file, --resume to resume a sweep, or --serve to look at one");
            }
            serve(report.port);
            return ExitStatus.OK.code();
        }
        // Before anything is written: there may be no room for the workers, and the port may be taken.
        try (TrialBackend backend = backend(workers(), directory);
                ReportServer server = report.port == null ? ReportServer.none() : listen(report.port);
                SweepHandle handle = open()) {
            run(handle, backend, server);
        } catch (ResidualException e) {
            throw e.kind() == Kind.INTERRUPTED ? e.withHint("continue with --resume") : e;
        }
        return ExitStatus.OK.code();
    }

    private OptionalInt workers() {
        if (run.workers == null) {
            return OptionalInt.empty();
        }
        if (run.workers < 1) {
            throw new ResidualException(Kind.BAD_SETTING, "--workers: expected at least 1, got " + run.workers);
        }
        return OptionalInt.of(run.workers);
    }

    private SweepHandle open() {
        if (SweepDatabase.exists(directory) != run.resume) {
            throw new ResidualException(
                    Kind.BAD_RUN,
                    directory
                            + (run.resume
                                    ? ": no sweep was started here: give --sweep FILE.yaml without --resume"
                                    : ": a sweep was started here: continue it with --resume, or give another --dir"));
        }
        Optional<String> name = Optional.ofNullable(search.file);
        Optional<String> text = name.map(SweepFile::text);
        return run.resume
                ? SweepHandle.resume(directory, name.orElse(""), text, this::withOptions)
                : SweepHandle.create(directory, name.orElseThrow(), text.orElseThrow(), this::withOptions);
    }

    private Sweep withOptions(Sweep sweep) {
        Sweep changed = search.data == null ? sweep : sweep.withData(search.data);
        if (search.trials != null) {
            if (search.trials < 1) {
                throw new ResidualException(Kind.BAD_SETTING, "--trials: expected at least 1, got " + search.trials);
            }
            changed = changed.withBudget(changed.budget().withTrials(search.trials));
        }
        Sweep limited = search.time == null
                ? changed
                : changed.withBudget(changed.budget().withTime(limit(search.time)));
        Sweep confirmed = search.confirm == null ? limited : limited.withConfirm(plan(search.confirm));
        requireFits(confirmed.baseSpec());
        return confirmed;
    }

    private static Optional<ConfirmPlan> plan(String text) {
        try {
            return ConfirmPlan.parse(text);
        } catch (IllegalArgumentException e) {
            throw new ResidualException(Kind.BAD_SETTING, "--confirm: " + e.getMessage(), e);
        }
    }

    /** Fails before a directory is made if no trial could start: without its images, or with settings that do not fit them. */
    private static void requireFits(TrainingSpec spec) {
        Trainer.of(spec).requireFits(RunDatasets.find(spec.data()));
    }

    private static Duration limit(String text) {
        try {
            return TimeSpan.parse(text);
        } catch (IllegalArgumentException e) {
            throw new ResidualException(Kind.BAD_SETTING, "--time: " + e.getMessage(), e);
        }
    }

    private void run(SweepHandle handle, TrialBackend backend, ReportServer server) {
        PrintWriter out = out();
        SweepResults results = new SweepResults(handle.sweep(), handle.directory());
        page = () -> results.live(handle.trials());
        server.address().ifPresent(address -> out.println("Live report: " + address));
        out.println(SweepDisk.of(handle.sweep()).describe());
        StopReason reason;
        try {
            reason = train(handle, backend);
        } finally {
            results.write(handle.trials());
        }
        if (reason == StopReason.TIME_LIMIT) {
            out.println("The time limit is reached: continue with --resume.");
        }
        printSummary(results, handle.trials());
    }

    /** A signal interrupts the sweep, which saves the trials that run. */
    @SuppressWarnings({"ClosingStandardOutputStreams", "try"}) // the console ends its clock, not the stream
    private StopReason train(SweepHandle handle, TrialBackend backend) {
        Thread sweep = Thread.currentThread();
        try (SweepConsole console = new SweepConsole(Terminal.detect(), System.out, handle.sweep(), handle::trials);
                Interruption interruption = Interruption.listen(signal -> {
                    out().println(signal + ": saving the trials that run; a second signal stops at once");
                    sweep.interrupt();
                })) {
            return handle.run(backend.workers(), backend.executor(), console);
        } finally {
            // The report is written on this thread, which an interruption would not let it.
            Thread.interrupted();
        }
    }

    private void printSummary(SweepResults results, List<Trial> trials) {
        PrintWriter out = out();
        out.println(results.summary(trials));
        results.best(trials).ifPresent(best -> {
            out.println("Train it: ./residual train --preset " + ShellWord.of(results.bestFile()));
            out.println("Repeat it bit for bit: ./residual train --trial "
                    + ShellWord.of(directory.resolve(Long.toString(best.number()))));
        });
        out.println("Report: " + results.reportFile());
    }

    /** Serves until a signal ends the process. */
    private void serve(int port) throws InterruptedException {
        try (SweepDatabase database = SweepDatabase.openReadOnly(directory);
                Interruption interruption = Interruption.listen();
                ReportServer server = listen(port)) {
            Sweep sweep = SweepHandle.stored(directory, database);
            SweepResults results = new SweepResults(sweep, directory);
            page = () -> results.live(database.trials(sweep));
            database.trials(sweep);
            server.address().ifPresent(address -> out().println("Live report: " + address));
            interruption.await();
        }
    }

    private ReportServer listen(int port) {
        try {
            return ReportServer.on(port, () -> page.get());
        } catch (ResidualException e) {
            throw e.withHint("give another port with --serve PORT");
        }
    }

    private PrintWriter out() {
        return Objects.requireNonNull(command).commandLine().getOut();
    }
}
