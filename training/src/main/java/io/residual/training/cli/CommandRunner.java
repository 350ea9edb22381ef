package io.residual.training.cli;

import io.residual.core.ResidualException;
import io.residual.training.run.RunLog;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.Logger;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/** Runs a picocli command and turns all errors into lines for the user and an {@link ExitStatus}. */
public final class CommandRunner {
    private static final Logger LOG = LogManager.getLogger(CommandRunner.class);

    private CommandRunner() {}

    /**
     * Runs a command on the process's streams; the run log that it attached is detached at its end.
     *
     * @return what {@code System.exit} should be given
     */
    public static int run(Object command, String... args) {
        return run(
                command,
                new PrintWriter(System.out, true, StandardCharsets.UTF_8),
                new PrintWriter(System.err, true, StandardCharsets.UTF_8),
                args);
    }

    /** Runs a command on the given streams. */
    public static int run(Object command, PrintWriter out, PrintWriter err, String... args) {
        CommandLine line = new CommandLine(command)
                .setOut(out)
                .setErr(err)
                .setParameterExceptionHandler((error, arguments) -> printUsageError(error, err))
                .setExecutionExceptionHandler((error, commandLine, result) -> print(error, commandLine, err));
        try {
            return line.execute(args);
        } catch (Error error) {
            // Picocli hands exceptions only to its handler; running out of memory is an error.
            return print(error, line, err);
        } finally {
            RunLog.detach();
            out.flush();
            err.flush();
        }
    }

    private static int printUsageError(ParameterException error, PrintWriter err) {
        printLines(String.valueOf(error.getMessage()), err);
        if (error instanceof UnmatchedArgumentException unmatched) {
            UnmatchedArgumentException.printSuggestions(unmatched, err);
        }
        err.println("Try '" + error.getCommandLine().getCommandSpec().qualifiedName() + " --help'.");
        return ExitStatus.USAGE.code();
    }

    private static int print(Throwable error, CommandLine line, PrintWriter err) {
        if (error instanceof ResidualException known) {
            LOG.debug("{}", known.kind(), known);
            printLines(String.valueOf(withHint(known, line).getMessage()), err);
            return ExitStatus.of(known.kind()).code();
        }
        Optional<String> shortage = MemoryShortage.hint(error);
        if (shortage.isPresent()) {
            printLines(shortage.get() + "; " + stackTrace(error), err);
            return ExitStatus.MEMORY.code();
        }
        String firstLine = error.toString().lines().findFirst().orElse("");
        printLines("internal error: " + firstLine + "; " + stackTrace(error), err);
        return ExitStatus.INTERNAL.code();
    }

    /** Names the option that helps against errors of this kind, if the command has it. */
    private static ResidualException withHint(ResidualException error, CommandLine line) {
        return switch (error.kind()) {
            case DIVERGED -> withHint(error, line, "--learning-rate", "give a lower --learning-rate");
            case OUT_OF_MEMORY -> withHint(error, line, "--batch-size", "give a smaller --batch-size");
            default -> error;
        };
    }

    private static ResidualException withHint(ResidualException error, CommandLine line, String option, String hint) {
        return line.getCommandSpec().findOption(option) == null ? error : error.withHint(hint);
    }

    private static void printLines(String message, PrintWriter err) {
        message.lines().forEach(line -> err.println("error: " + line));
    }

    /** Keeps the stack trace in the run's log or, before there is one, in a temporary file, and says where. */
    private static String stackTrace(Throwable error) {
        Optional<Path> log = RunLog.file();
        if (log.isPresent()) {
            // At INFO it stays off the console, which has its one line already.
            LogManager.getLogger("fault").info("The command failed", error);
            return "the stack trace is in " + log.get();
        }
        try {
            Path file = Files.createTempFile("residual-", ".log");
            try (PrintWriter writer = new PrintWriter(Files.newBufferedWriter(file))) {
                error.printStackTrace(writer);
            }
            return "the stack trace is in " + file;
        } catch (IOException e) {
            error.printStackTrace();
            return "the stack trace is above, no file could be written";
        }
    }
}
