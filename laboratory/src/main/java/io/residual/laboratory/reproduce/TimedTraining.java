package io.residual.laboratory.reproduce;

import io.residual.core.ResidualException;
import io.residual.core.ResidualException.Kind;
import io.residual.core.files.IoErrors;
import io.residual.training.cli.ExitStatus;
import io.residual.training.cli.OutputFile;
import io.residual.training.forecast.ChildJvm;
import io.residual.training.run.StrictJson;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;

/**
 * The command {@code train} in a process of its own, timed from the start of its virtual machine to its end: with loading of
 * libraries and data, the compiler's warm-up, validation and saving. The time lies in a file beside the run, what the
 * command printed in another.
 *
 * @param run directory of the run
 */
record TimedTraining(String preset, long seed, Path run, List<String> options) {
    private static final int POLL_MILLIS = 50;
    private static final int TERMINAL_SECONDS = 3;
    private static final int SAVE_TIMEOUT_SECONDS = 60;

    /**
     * What a command has taken so far.
     *
     * @param seconds of all its attempts
     * @param complete whether the training has ended
     */
    record Elapsed(double seconds, boolean complete) {}

    TimedTraining {
        options = List.copyOf(options);
    }

    private Path beside(String ending) {
        return run.resolveSibling(run.getFileName() + ending);
    }

    /**
     * Trains, unless that is done; resumes what was interrupted, whose seconds count.
     *
     * @param interrupted whether to end it, asked often
     * @return the seconds; empty if it was ended
     * @throws ResidualException of kind BAD_RUN if the training fails, or one of unknown duration lies in the directory
     */
    Optional<Double> seconds(BooleanSupplier interrupted) {
        Elapsed before = before();
        if (before.complete()) {
            return Optional.of(before.seconds());
        }
        long start = System.nanoTime();
        int code = train(interrupted);
        Elapsed now = new Elapsed(before.seconds() + (System.nanoTime() - start) * 1e-9, code == ExitStatus.OK.code());
        OutputFile.write(beside("-time.json"), StrictJson.pretty(now), "is it writable?");
        if (code == ExitStatus.INTERRUPTED.code()) {
            return Optional.empty();
        }
        if (!now.complete()) {
            throw new ResidualException(
                    Kind.BAD_RUN, run + ": the training ended with exit code " + code + ": see " + beside(".log"));
        }
        return Optional.of(now.seconds());
    }

    private Elapsed before() {
        Path file = beside("-time.json");
        if (!Files.exists(file)) {
            if (Files.exists(run)) {
                throw new ResidualException(
                        Kind.BAD_RUN,
                        run + ": how long this training took is not known, since " + file
                                + " is missing: delete the directory to train again");
            }
            return new Elapsed(0, false);
        }
        try {
            return StrictJson.read(Files.readString(file), Elapsed.class);
        } catch (IOException e) {
            throw unreadable(file, IoErrors.reason(e), e);
        } catch (IllegalArgumentException e) {
            throw unreadable(file, String.valueOf(e.getMessage()), e);
        }
    }

    private ResidualException unreadable(Path file, String reason, Exception cause) {
        return new ResidualException(
                Kind.BAD_RUN,
                file + ": cannot be read (" + reason + "): delete it and " + run + " to train again",
                cause);
    }

    private int train(BooleanSupplier interrupted) {
        List<String> arguments = Stream.concat(
                        Stream.of("--preset", preset, "--seed", Long.toString(seed), "--run", run.toString()),
                        options.stream())
                .toList();
        Process process;
        try {
            process = new ProcessBuilder(ChildJvm.command(List.of(), io.residual.training.cli.Main.class, arguments))
                    .redirectErrorStream(true)
                    .redirectOutput(Redirect.appendTo(beside(".log").toFile()))
                    .start();
        } catch (IOException e) {
            throw new ResidualException(Kind.BAD_RUN, run + ": no training can be started: " + IoErrors.reason(e), e);
        }
        try {
            while (!process.waitFor(POLL_MILLIS, TimeUnit.MILLISECONDS)) {
                if (interrupted.getAsBoolean()) {
                    // A terminal sends its signal to both processes, and a second one would end the training before it
                    // has saved; anyone else sends it to this process alone.
                    if (!process.waitFor(TERMINAL_SECONDS, TimeUnit.SECONDS)) {
                        process.destroy();
                        process.waitFor(SAVE_TIMEOUT_SECONDS, TimeUnit.SECONDS);
                    }
                    return ExitStatus.INTERRUPTED.code();
                }
            }
            return process.exitValue();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return ExitStatus.INTERRUPTED.code();
        } finally {
            process.destroy();
        }
    }
}
