package io.residual.training.cli;

import io.residual.core.ResidualException;
import io.residual.core.files.IoErrors;
import io.residual.training.run.RunLog;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import org.apache.logging.log4j.LogManager;
import picocli.CommandLine;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.UnmatchedArgumentException;

/** Runs a picocli command and turns all errors into lines for the user and an {@link ExitStatus}. */
public final class CommandRunner {
    private static final String VERBOSE = "--verbose";

    private CommandRunner() {}

    /**
     * Runs a command on the process's streams; the run log that it attached is detached at its end.
     *
     * @return what {@code System.exit} should be given
     */
    public static int run(Object command, String... args) {
        return run(command, Console.standardOutput(), Console.of(new FileOutputStream(FileDescriptor.err)), args);
    }

    /** Runs a command on the given streams. */
    public static int run(Object command, PrintWriter out, PrintWriter err, String... args) {
        return run(command, Console.of(out), Console.of(err), args);
    }

    static int run(Object command, Console output, Console errors, String... args) {
        PrintWriter err = errors.writer();
        CommandLine line = new CommandLine(command)
                .registerConverter(Path.class, new PathConverter())
                // Colours are control characters, which are printed as escapes.
                .setColorScheme(CommandLine.Help.defaultColorScheme(CommandLine.Help.Ansi.OFF))
                .setOut(output.writer())
                .setErr(err)
                .setParameterExceptionHandler((error, arguments) -> printUsageError(error, err))
                .setExecutionExceptionHandler((error, commandLine, result) -> print(error, commandLine, err));
        addVerbose(line);
        int status;
        try {
            status = line.execute(PathConverter.withHome(args));
        } catch (Error error) {
            // Picocli hands exceptions only to its handler; running out of memory is an error.
            status = print(error, line, err);
        } finally {
            RunLog.detach();
            err.flush();
        }
        return output.failure().map(failure -> lost(failure, err)).orElse(status);
    }

    private static void addVerbose(CommandLine line) {
        line.getCommandSpec()
                .addOption(OptionSpec.builder(VERBOSE)
                        .description("print stack traces of errors")
                        .build());
        line.getSubcommands().values().forEach(CommandRunner::addVerbose);
    }

    /** Output that is lost is an error, but not to a reader who has enough, as in {@code residual predict ... | head}. */
    private static int lost(IOException failure, PrintWriter err) {
        String reason = IoErrors.reason(failure);
        if (reason.toLowerCase(Locale.ROOT).contains("broken pipe")) {
            return ExitStatus.CLOSED_PIPE.code();
        }
        printLines("standard output: cannot be written (" + reason + "): what was printed is incomplete", err);
        return ExitStatus.RUN.code();
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
        if (error instanceof Console.OutputLost) {
            return ExitStatus.RUN.code();
        }
        // At INFO it stays off the console, which has its one line already.
        LogManager.getLogger("errors").info("The command failed", error);
        ExitStatus status = explain(error, line, err);
        ParseResult parsed = line.getParseResult();
        if (parsed != null && parsed.hasMatchedOption(VERBOSE)) {
            error.printStackTrace(err);
        }
        return status.code();
    }

    private static ExitStatus explain(Throwable error, CommandLine line, PrintWriter err) {
        if (error instanceof ResidualException known) {
            printLines(String.valueOf(withHint(known, line).getMessage()), err);
            return ExitStatus.of(known.kind());
        }
        Optional<String> shortage = MemoryShortage.hint(error);
        if (shortage.isPresent()) {
            printLines(shortage.get(), err);
            return ExitStatus.MEMORY;
        }
        IOException failed = error instanceof UncheckedIOException unchecked
                ? unchecked.getCause()
                : error instanceof IOException checked ? checked : null;
        if (failed != null) {
            printLines(IoErrors.describe(failed), err);
            return ExitStatus.RUN;
        }
        String firstLine = error.toString().lines().findFirst().orElse("");
        String trace = RunLog.file()
                .map(log -> "the stack trace is in " + log)
                .orElse("repeat the command with " + VERBOSE + " for the stack trace, and report it");
        printLines("internal error: " + firstLine + "; " + trace, err);
        return ExitStatus.INTERNAL;
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
}
