package io.residual.training.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.residual.core.ResidualException;
import io.residual.core.ResidualException.Kind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.apache.logging.log4j.Level;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.core.LoggerContext;
import org.apache.logging.log4j.core.appender.AbstractAppender;
import org.apache.logging.log4j.core.config.Configuration;
import org.apache.logging.log4j.core.impl.Log4jLogEvent;
import org.apache.logging.log4j.message.SimpleMessage;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RunLogTest {
    @TempDir
    Path directory;

    @AfterEach
    void detach() {
        RunLog.detach();
    }

    @Test
    void everything_from_info_on_is_in_the_file_whoever_logs_it() throws IOException {
        RunLog.attach(file("train.log"));
        LogManager.getLogger("io.residual.training.Loop").info("epoch {}", 3);
        LogManager.getLogger("org.nd4j.Some").info("Loaded [CpuBackend] backend");
        LogManager.getLogger("org.nd4j.Some").debug("too much");
        LogManager.getLogger("org.nd4j.Some").warn("careful", new IOException("cause"));

        List<String> lines = Files.readAllLines(file("train.log"));
        assertThat(lines.get(0))
                .matches("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3} INFO  \\[main\\] \\S+ epoch 3");
        assertThat(lines.get(1)).endsWith("Loaded [CpuBackend] backend");
        assertThat(lines.get(2)).contains(" WARN  ").endsWith("careful");
        assertThat(lines.get(3)).isEqualTo("java.io.IOException: cause");
        assertThat(lines.get(4)).startsWith("\tat io.residual");
    }

    @Test
    void libraries_that_log_through_slf4j_are_in_the_file() throws IOException {
        RunLog.attach(file("train.log"));
        org.slf4j.LoggerFactory.getLogger("org.deeplearning4j.Some").info("{} parameters", 7);

        assertThat(Files.readString(file("train.log"))).endsWith(" 7 parameters\n");
    }

    @Test
    void a_second_file_takes_over_and_a_detached_one_stays_as_it_is() throws IOException {
        RunLog.attach(file("a.log"));
        LogManager.getLogger("x").info("to a");
        RunLog.attach(file("b.log"));
        LogManager.getLogger("x").info("to b");
        assertThat(RunLog.file()).hasValue(file("b.log"));
        RunLog.detach();
        LogManager.getLogger("x").info("to none");

        assertThat(RunLog.file()).isEmpty();
        assertThat(Files.readString(file("a.log"))).endsWith(" to a\n").doesNotContain("to b");
        assertThat(Files.readString(file("b.log"))).endsWith(" to b\n").doesNotContain("to a");
    }

    @Test
    void a_file_that_cannot_be_written_is_told() {
        Path nowhere = directory.resolve("none/train.log");
        assertThatThrownBy(() -> RunLog.attach(nowhere))
                .hasMessage(nowhere + ": cannot be written: free space, or give another run directory");
        assertThat(nowhere.getParent()).doesNotExist();
        assertThatThrownBy(() -> RunLog.attach(directory))
                .isInstanceOfSatisfying(
                        ResidualException.class, e -> assertThat(e.kind()).isEqualTo(Kind.BAD_RUN))
                .hasMessage(directory + ": cannot be written: free space, or give another run directory");
    }

    @Test
    void the_console_shows_warnings_of_libraries_and_what_we_say_ourselves() {
        assertThat(shown("warnings", Level.INFO, "Loaded [CpuBackend] backend")).isFalse();
        assertThat(shown("warnings", Level.WARN, "the disk is slow")).isTrue();
        assertThat(shown("warnings", Level.ERROR, "the disk is gone")).isTrue();
        assertThat(shown("own", Level.INFO, "run runs/quick")).isTrue();
        assertThat(shown("own", Level.WARN, "told by the other appender")).isFalse();
        assertThat(shown("own", Level.DEBUG, "too much")).isFalse();
        assertThat(configuration().getLoggerConfig("org.nd4j").getAppenders()).containsOnlyKeys("warnings");
        assertThat(configuration().getLoggerConfig("io.residual.training").getAppenders())
                .containsOnlyKeys("own");
    }

    @Test
    void warnings_that_come_at_every_start_are_in_the_file_alone() throws IOException {
        List<String> usual = List.of(
                "Assigning a size of zero. This is normally only valid in model import cases with unknown dimensions.",
                "Versions of org.bytedeco:javacpp:1.5.12 and org.bytedeco:openblas:0.3.19-1.5.7 do not match.");
        RunLog.attach(file("train.log"));

        assertThat(usual).allSatisfy(text -> {
            assertThat(shown("warnings", Level.WARN, text)).isFalse();
            LogManager.getLogger("org.some").warn(text);
            assertThat(Files.readString(file("train.log"))).endsWith(text + "\n");
        });
    }

    private static boolean shown(String appender, Level level, String text) {
        AbstractAppender console = configuration().getAppender(appender);
        return !console.isFiltered(Log4jLogEvent.newBuilder()
                .setLevel(level)
                .setMessage(new SimpleMessage(text))
                .build());
    }

    private static Configuration configuration() {
        return ((LoggerContext) LogManager.getContext(false)).getConfiguration();
    }

    private Path file(String name) {
        return directory.resolve(name);
    }
}
