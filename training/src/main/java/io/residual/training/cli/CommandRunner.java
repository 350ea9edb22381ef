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

/** Runs a picocli command and turns whatever happens into lines for the user and an {@link ExitStatus}. */
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
                .setParameterExceptionHandler((fault, arguments) -> tellUsage(fault, err))
                .setExecutionExceptionHandler((fault, commandLine, result) -> tell(fault, err));
        try {
            return line.execute(args);
        } catch (Error fault) {
            // Picocli hands on exceptions only; running out of memory is an error.
            return tell(fault, err);
        } finally {
            RunLog.detach();
            out.flush();
            err.flush();
        }
    }

    private static int tellUsage(ParameterException fault, PrintWriter err) {
        tellLines(String.valueOf(fault.getMessage()), err);
        if (fault instanceof UnmatchedArgumentException unmatched) {
            UnmatchedArgumentException.printSuggestions(unmatched, err);
        }
        err.println("Try '" + fault.getCommandLine().getCommandSpec().qualifiedName() + " --help'.");
        return ExitStatus.USAGE.code();
    }

    private static int tell(Throwable fault, PrintWriter err) {
        if (fault instanceof ResidualException command) {
            LOG.debug("{}", command.kind(), command);
            tellLines(String.valueOf(command.getMessage()), err);
            return ExitStatus.of(command.kind()).code();
        }
        Optional<String> shortage = MemoryShortage.advice(fault);
        if (shortage.isPresent()) {
            tellLines(shortage.get() + "; " + stackTrace(fault), err);
            return ExitStatus.MEMORY.code();
        }
        tellLines("a fault of this program: " + oneLine(fault) + "; " + stackTrace(fault), err);
        return ExitStatus.INTERNAL.code();
    }

    private static String oneLine(Throwable fault) {
        return fault.toString().lines().findFirst().orElse("");
    }

    private static void tellLines(String message, PrintWriter err) {
        message.lines().forEach(line -> err.println("error: " + line));
    }

    /** Keeps the stack trace in the run's log or, before there is one, in a temporary file, and says where. */
    private static String stackTrace(Throwable fault) {
        Optional<Path> log = RunLog.file();
        if (log.isPresent()) {
            // At INFO it stays off the console, which has its one line already.
            LogManager.getLogger("fault").info("The command failed", fault);
            return "the stack trace is in " + log.get();
        }
        try {
            Path file = Files.createTempFile("residual-", ".log");
            try (PrintWriter writer = new PrintWriter(Files.newBufferedWriter(file))) {
                fault.printStackTrace(writer);
            }
            return "the stack trace is in " + file;
        } catch (IOException e) {
            fault.printStackTrace();
            return "the stack trace stands above, no file could be written";
        }
    }
}
