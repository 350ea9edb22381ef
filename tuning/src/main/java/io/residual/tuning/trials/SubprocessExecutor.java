package io.residual.tuning.trials;

import io.residual.core.ResidualException;
import io.residual.core.ResidualException.Kind;
import io.residual.core.files.IoErrors;
import io.residual.training.cli.ExitStatus;
import io.residual.training.forecast.ChildJvm;
import io.residual.training.forecast.ProcessMemory;
import io.residual.tuning.search.TrialState;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** Trains jobs, each in a process of its own, which dies with this one. Threads may share it. */
public final class SubprocessExecutor implements TrialExecutor {
    private static final long POLL_MILLIS = 100;
    /** A run that is asked to end has saved within this time. */
    private static final long SAVE_TIMEOUT_SECONDS = 15;
    /** Below this no checkpoint can be relied on. */
    private static final long MIN_DISK = 16L << 20;

    private static final int MAX_LOG = 16 << 20;
    private static final String ERROR = "error: ";

    /** Within this time, a signal to both has reached both. */
    private static final long SIGNAL_MILLIS = 500;

    private final WorkerResources resources;
    private final List<String> arguments;
    private final Set<Process> workers = ConcurrentHashMap.newKeySet();
    private volatile boolean ending;

    public SubprocessExecutor(WorkerResources resources) {
        this(resources, List.of());
    }

    /** @param arguments of each training, besides those that the job decides */
    public SubprocessExecutor(WorkerResources resources, List<String> arguments) {
        this.resources = resources;
        this.arguments = List.copyOf(arguments);
    }

    @Override
    public TrialResult train(Job job, EpochListener listener) throws InterruptedException {
        EpochTail epochs = new EpochTail(job, listener);
        // A run that was ahead of the sweep's last poll may have all its epochs already.
        if (epochs.poll() != TrialState.RUNNING) {
            return new TrialResult.Stopped();
        }
        if (epochs.isComplete()) {
            return new TrialResult.Complete();
        }
        long logged = size(job.log());
        Process process = start(job);
        Thread atExit = new Thread(() -> {
            ending = true;
            terminateQuietly(process);
        });
        addShutdownHook(atExit, process);
        workers.add(process);
        try {
            while (!process.waitFor(POLL_MILLIS, TimeUnit.MILLISECONDS)) {
                if (epochs.poll() != TrialState.RUNNING) {
                    end(process);
                    return new TrialResult.Stopped();
                }
            }
            if (epochs.poll() != TrialState.RUNNING) {
                return new TrialResult.Stopped();
            }
            checkNotInterrupted(process.exitValue());
            return result(process.exitValue(), job, epochs, logged);
        } finally {
            workers.remove(process);
            end(process);
            removeShutdownHook(atExit);
        }
    }

    @Override
    public OptionalLong peakBytes() {
        return workers.stream()
                .map(worker -> ProcessMemory.peak(worker.toHandle()))
                .flatMapToLong(OptionalLong::stream)
                .max();
    }

    /** A terminal's signal reaches worker and sweep at once: then the worker is not lost, and nothing else starts. */
    private void checkNotInterrupted(int code) throws InterruptedException {
        if (code == ExitStatus.INTERRUPTED.code()) {
            Thread.sleep(SIGNAL_MILLIS);
            if (ending) {
                throw interrupted();
            }
        }
    }

    private static ResidualException interrupted() {
        return new ResidualException(Kind.INTERRUPTED, "the sweep was interrupted: it can be resumed");
    }

    private static void addShutdownHook(Thread hook, Process process) {
        try {
            Runtime.getRuntime().addShutdownHook(hook);
        } catch (IllegalStateException shuttingDown) {
            process.destroyForcibly();
            throw interrupted();
        }
    }

    private static void removeShutdownHook(Thread hook) {
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException shuttingDown) {
            // The hook is running, and has nothing left to end.
        }
    }

    private static void end(Process process) throws InterruptedException {
        process.destroy();
        try {
            if (!process.waitFor(SAVE_TIMEOUT_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly().waitFor();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            throw e;
        }
    }

    private static void terminateQuietly(Process process) {
        try {
            end(process);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private Process start(Job job) {
        ProcessBuilder builder = new ProcessBuilder(command(job)).redirectErrorStream(true);
        builder.redirectOutput(ProcessBuilder.Redirect.appendTo(job.log().toFile()));
        builder.environment().put("OMP_NUM_THREADS", Integer.toString(resources.threads()));
        // Threads that wait for work leave the cores to the other workers.
        builder.environment().putIfAbsent("OMP_WAIT_POLICY", "PASSIVE");
        try {
            return builder.start();
        } catch (IOException e) {
            throw new ResidualException(
                    Kind.BAD_RUN, job.run() + ": no worker can be started: " + IoErrors.reason(e), e);
        }
    }

    private List<String> command(Job job) {
        return ChildJvm.command(
                List.of(
                        "-Xmx" + resources.heapBytes(),
                        "-Dorg.bytedeco.javacpp.maxbytes=" + resources.offHeapBytes(),
                        // Whatever this process has to read: training reads no serialised objects.
                        "-Djdk.serialFilter=!*"),
                TrialProcess.class,
                Stream.concat(
                                Stream.of(
                                        "--preset",
                                        job.specFile().toString(),
                                        "--seed",
                                        Long.toString(job.seed()),
                                        "--run",
                                        job.run().toString()),
                                arguments.stream())
                        .toList());
    }

    private static TrialResult result(int code, Job job, EpochTail epochs, long logged) {
        String reason = reason(code, job.log(), logged);
        if (code == ExitStatus.OK.code()) {
            // A run without progress may end before its last epoch.
            return epochs.hasEpochs()
                    ? new TrialResult.Complete()
                    : new TrialResult.WorkerLost("the run ended without an epoch");
        }
        if (code == ExitStatus.DIVERGED.code()) {
            return new TrialResult.Diverged(reason);
        }
        if (code == ExitStatus.USAGE.code() || code == ExitStatus.MEMORY.code()) {
            return new TrialResult.InvalidConfig(reason);
        }
        if (code == ExitStatus.DATA.code()) {
            return new TrialResult.EnvironmentFailure(Kind.BAD_DATA, reason);
        }
        if (code == ExitStatus.NO_DEVICE.code()) {
            return new TrialResult.EnvironmentFailure(Kind.NO_DEVICE, reason);
        }
        if (code == ExitStatus.BACKEND.code()) {
            return new TrialResult.EnvironmentFailure(Kind.NO_BACKEND, reason);
        }
        return isDiskFull(job.log())
                ? new TrialResult.EnvironmentFailure(Kind.BAD_RUN, reason)
                : new TrialResult.WorkerLost(reason);
    }

    private static boolean isDiskFull(Path log) {
        try {
            return Files.getFileStore(log.toAbsolutePath().resolveSibling("")).getUsableSpace() < MIN_DISK;
        } catch (IOException e) {
            return true;
        }
    }

    private static long size(Path log) {
        try {
            return Files.exists(log) ? Files.size(log) : 0;
        } catch (IOException e) {
            return 0;
        }
    }

    /**
     * The last error that the worker printed, or its status if it printed none.
     *
     * @param logged bytes of the log that earlier workers wrote
     */
    private static String reason(int code, Path log, long logged) {
        String ended =
                code > 128 ? "the worker was killed by signal " + (code - 128) : "the worker ended with status " + code;
        try (InputStream in = Files.newInputStream(log)) {
            in.skipNBytes(logged);
            return new String(in.readNBytes(MAX_LOG), StandardCharsets.UTF_8)
                    .lines()
                    .filter(line -> line.startsWith(ERROR))
                    .reduce((first, second) -> second)
                    .map(line -> line.substring(ERROR.length()))
                    .orElse(ended + ", see " + log);
        } catch (IOException e) {
            return ended;
        }
    }
}
