package io.residual.training.run;

import io.residual.core.ResidualException;
import io.residual.core.ResidualException.Kind;
import io.residual.core.files.RegularFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.logging.log4j.Level;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.core.Appender;
import org.apache.logging.log4j.core.ErrorHandler;
import org.apache.logging.log4j.core.LogEvent;
import org.apache.logging.log4j.core.LoggerContext;
import org.apache.logging.log4j.core.appender.FileAppender;
import org.apache.logging.log4j.core.config.LoggerConfig;
import org.apache.logging.log4j.core.layout.PatternLayout;

/**
 * The log file of a run: all that is logged at INFO and above, by this project and by libraries, from the moment the run's
 * directory is known. What the console shows meanwhile is decided in log4j2.xml.
 */
public final class RunLog {
    private static final String NAME = "run";
    private static final String PATTERN = "%d{yyyy-MM-dd'T'HH:mm:ss.SSS} %-5level [%t] %logger{1.} %msg%n%throwable";

    private RunLog() {}

    /**
     * Starts to log to a file, appending if it exists. One file at a time: an earlier one is detached.
     *
     * @throws ResidualException of kind BAD_RUN if the file cannot be written
     */
    public static void attach(Path file) {
        detach();
        LoggerContext context = context();
        FileAppender appender = open(file, context);
        appender.setHandler(new Gaps(file));
        appender.start();
        context.getConfiguration().addAppender(appender);
        root(context).addAppender(appender, Level.INFO, null);
        context.updateLoggers();
    }

    private static FileAppender open(Path file, LoggerContext context) {
        FileAppender appender = null;
        // Log4j would print its own lines about a file that it cannot open.
        if (isWritable(file)) {
            appender = FileAppender.newBuilder()
                    .setName(NAME)
                    .setFileName(file.toString())
                    .setLayout(PatternLayout.newBuilder()
                            .setConfiguration(context.getConfiguration())
                            .setPattern(PATTERN)
                            .setCharset(StandardCharsets.UTF_8)
                            .build())
                    .setConfiguration(context.getConfiguration())
                    .build();
        }
        if (appender == null) {
            throw new ResidualException(
                    Kind.BAD_RUN, file + ": cannot be written: free space, or give another run directory");
        }
        return appender;
    }

    private static boolean isWritable(Path file) {
        try {
            if (Files.exists(file)) {
                RegularFile.require(file);
            }
            Files.newOutputStream(file, StandardOpenOption.CREATE, StandardOpenOption.APPEND)
                    .close();
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    /** The file that is logged to, if one is. */
    public static Optional<Path> file() {
        return context().getConfiguration().getAppender(NAME) instanceof FileAppender appender
                ? Optional.of(Path.of(appender.getFileName()))
                : Optional.empty();
    }

    /** Ends logging to a file, if there is one, after all that was logged has been written. */
    public static void detach() {
        LoggerContext context = context();
        Appender appender = context.getConfiguration().getAppenders().remove(NAME);
        if (appender != null) {
            root(context).removeAppender(NAME);
            context.updateLoggers();
            appender.stop();
        }
    }

    private static LoggerConfig root(LoggerContext context) {
        return context.getConfiguration().getRootLogger();
    }

    private static LoggerContext context() {
        return (LoggerContext) LogManager.getContext(false);
    }

    /** Warns once if the log cannot be written, as on a full disk. */
    private static final class Gaps implements ErrorHandler {
        private final Path file;
        private final AtomicBoolean reported = new AtomicBoolean();

        Gaps(Path file) {
            this.file = file;
        }

        @Override
        public void error(String message) {
            if (reported.compareAndSet(false, true)) {
                LogManager.getLogger(RunLog.class).warn("{}: cannot be written: the log has gaps", file);
            }
        }

        @Override
        public void error(String message, Throwable cause) {
            error(message);
        }

        @Override
        public void error(String message, LogEvent event, Throwable cause) {
            error(message);
        }
    }
}
