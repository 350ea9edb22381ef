package io.residual.tuning.trials;

import io.residual.core.ResidualException;
import io.residual.core.ResidualException.Kind;
import io.residual.training.cli.ExitStatus;
import io.residual.training.loop.EpochMetrics;
import io.residual.training.run.RunDirectory;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Trains jobs, each in a process of its own, which dies with this one. Threads may share it. */
public final class SubprocessExecutor implements TrialExecutor {
    private static final long POLL_MILLIS = 100;
    /** A run that is asked to end has saved by then. */
    private static final long PATIENCE_SECONDS = 15;
    /** Below this no checkpoint can be relied on. */
    private static final long LEAST_DISK = 16L << 20;

    private static final int MOST_LOG = 16 << 20;
    private static final String ERROR = "error: ";

    /** Within this time, a signal to both has reached both. */
    private static final long SIGNAL_MILLIS = 500;

    private final WorkerResources share;
    private volatile boolean ending;

    public SubprocessExecutor(WorkerResources share) {
        this.share = share;
    }

    @Override
    public TrialResult train(TrialJob job, EpochDecision.OfEpoch listener) throws InterruptedException {
        Told told = new Told(job, listener);
        // A run that was ahead of the sweep's last look may have all its epochs already.
        if (told.lookAgain() == EpochDecision.STOP) {
            return new TrialResult.Stopped();
        }
        if (told.isComplete()) {
            return new TrialResult.Complete();
        }
        long logged = size(job.log());
        Process process = start(job);
        Thread atExit = new Thread(() -> {
            ending = true;
            endQuietly(process);
        });
        remember(atExit, process);
        try {
            while (!process.waitFor(POLL_MILLIS, TimeUnit.MILLISECONDS)) {
                if (told.lookAgain() == EpochDecision.STOP) {
                    end(process);
                    return new TrialResult.Stopped();
                }
            }
            if (told.lookAgain() == EpochDecision.STOP) {
                return new TrialResult.Stopped();
            }
            requireGoingOn(process.exitValue());
            return endOf(process.exitValue(), job, told, logged);
        } finally {
            end(process);
            forget(atExit);
        }
    }

    /** A terminal's signal reaches worker and sweep at once: the worker was not lost, then, and nothing else begins. */
    private void requireGoingOn(int code) throws InterruptedException {
        if (code == ExitStatus.INTERRUPTED.code()) {
            Thread.sleep(SIGNAL_MILLIS);
            if (ending) {
                throw toldToEnd();
            }
        }
    }

    private static ResidualException toldToEnd() {
        return new ResidualException(Kind.INTERRUPTED, "the sweep was told to end: go on with --resume");
    }

    private static void remember(Thread hook, Process process) {
        try {
            Runtime.getRuntime().addShutdownHook(hook);
        } catch (IllegalStateException shuttingDown) {
            process.destroyForcibly();
            throw toldToEnd();
        }
    }

    private static void forget(Thread hook) {
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException shuttingDown) {
            // The hook is running, and has nothing left to end.
        }
    }

    private static void end(Process process) throws InterruptedException {
        process.destroy();
        try {
            if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly().waitFor();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            throw e;
        }
    }

    private static void endQuietly(Process process) {
        try {
            end(process);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private Process start(TrialJob job) {
        ProcessBuilder builder = new ProcessBuilder(command(job)).redirectErrorStream(true);
        builder.redirectOutput(ProcessBuilder.Redirect.appendTo(job.log().toFile()));
        builder.environment().put("OMP_NUM_THREADS", Integer.toString(share.threads()));
        // Threads that wait for work leave the cores to the other workers.
        builder.environment().putIfAbsent("OMP_WAIT_POLICY", "PASSIVE");
        try {
            return builder.start();
        } catch (IOException e) {
            throw new ResidualException(Kind.BAD_RUN, job.run() + ": no worker can be started: " + e.getMessage(), e);
        }
    }

    private List<String> command(TrialJob job) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home", ""), "bin", "java").toString());
        ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
                .filter(SubprocessExecutor::isInherited)
                .forEach(command::add);
        command.add("-Xmx" + share.heapBytes());
        command.add("-Dorg.bytedeco.javacpp.maxbytes=" + share.offHeapBytes());
        command.addAll(
                List.of("-cp", absolute(System.getProperty("java.class.path", "")), TrialProcess.class.getName()));
        command.addAll(List.of("--preset", job.specFile().toString()));
        command.addAll(List.of("--seed", Long.toString(job.seed())));
        command.addAll(List.of("--run", job.run().toString()));
        return command;
    }

    /** Memory is the share's, and a debugger or a profiler looks at this process alone. */
    private static boolean isInherited(String option) {
        return !option.startsWith("-Xmx")
                && !option.startsWith("-Dorg.bytedeco.javacpp.maxbytes=")
                && !option.startsWith("-javaagent:")
                && !option.startsWith("-agentlib:");
    }

    private static String absolute(String classPath) {
        return String.join(
                File.pathSeparator,
                List.of(classPath.split(File.pathSeparator)).stream()
                        .map(entry -> Path.of(entry).toAbsolutePath().toString())
                        .toList());
    }

    private static TrialResult endOf(int code, TrialJob job, Told told, long logged) {
        String reason = reason(code, job.log(), logged);
        if (code == ExitStatus.OK.code()) {
            // A run without progress may end before its last epoch.
            return told.any() ? new TrialResult.Complete() : new TrialResult.Lost("the run ended without an epoch");
        }
        if (code == ExitStatus.DIVERGED.code()) {
            return new TrialResult.Diverged(reason);
        }
        if (code == ExitStatus.USAGE.code() || code == ExitStatus.MEMORY.code()) {
            return new TrialResult.Refused(reason);
        }
        if (code == ExitStatus.DATA.code()) {
            return new TrialResult.Impossible(Kind.BAD_DATA, reason);
        }
        if (code == ExitStatus.BACKEND.code()) {
            return new TrialResult.Impossible(Kind.NO_BACKEND, reason);
        }
        return isDiskFull(job.log()) ? new TrialResult.Impossible(Kind.BAD_RUN, reason) : new TrialResult.Lost(reason);
    }

    private static boolean isDiskFull(Path log) {
        try {
            return Files.getFileStore(log.toAbsolutePath().resolveSibling("")).getUsableSpace() < LEAST_DISK;
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
     * The last error that the worker told, or its status if it could tell none.
     *
     * @param logged bytes of the log that earlier workers wrote
     */
    private static String reason(int code, Path log, long logged) {
        String ended =
                code > 128 ? "the worker was killed by signal " + (code - 128) : "the worker ended with status " + code;
        try (InputStream in = Files.newInputStream(log)) {
            in.skipNBytes(logged);
            return new String(in.readNBytes(MOST_LOG), StandardCharsets.UTF_8)
                    .lines()
                    .filter(line -> line.startsWith(ERROR))
                    .reduce((first, second) -> second)
                    .map(line -> line.substring(ERROR.length()))
                    .orElse(ended + ", see " + log);
        } catch (IOException e) {
            return ended;
        }
    }

    /** The epochs of a run as they are told. */
    private static final class Told {
        private final TrialJob job;
        private final EpochDecision.OfEpoch listener;
        private int told;

        Told(TrialJob job, EpochDecision.OfEpoch listener) {
            this.job = job;
            this.listener = listener;
            this.told = job.known();
        }

        boolean isComplete() {
            return told >= job.epochs();
        }

        boolean any() {
            return told > 0;
        }

        EpochDecision lookAgain() {
            List<EpochMetrics> epochs = epochs();
            while (told < Math.min(epochs.size(), job.epochs())) {
                EpochDecision verdict = listener.after(epochs.get(told++));
                if (verdict == EpochDecision.STOP) {
                    return verdict;
                }
            }
            return EpochDecision.GO_ON;
        }

        private List<EpochMetrics> epochs() {
            if (!Files.exists(job.run().resolve("manifest.json"))) {
                return List.of();
            }
            try {
                return RunDirectory.open(job.run()).epochs();
            } catch (ResidualException beingWritten) {
                // The next look sees the whole line, or the run fails and says why.
                return List.of();
            }
        }
    }
}
