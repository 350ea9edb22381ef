package io.residual.training.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.residual.training.cli.ExitStatus;
import io.residual.training.faults.Child.Command;
import io.residual.training.run.RunDirectory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

@EnabledOnOs({OS.LINUX, OS.MAC})
@Tag("slow")
class SignalTest {
    /** More than three lives of the first test can train. */
    private static final int EPOCHS = 30;
    /** More than any test waits for. */
    private static final int ENDLESS = 10_000;

    private static final String DEFAULT_SIGNALS = "--default-signal=HUP,INT";

    @TempDir
    Path directory;

    @Test
    void a_signal_saves_the_run_which_goes_on_and_ends_with_the_same_bytes() throws Exception {
        Path run = directory.resolve("run");
        for (String signal : List.of("TERM", "INT", "HUP")) {
            try (Child child = Child.start(heedingSignals(Command.of(run, EPOCHS)), run)) {
                child.awaitTraining();
                Thread.sleep(400);
                long sent = System.nanoTime();
                child.signal(signal);

                assertThat(child.await()).as(child.output()).isEqualTo(ExitStatus.INTERRUPTED.code());
                assertThat(Duration.ofNanos(System.nanoTime() - sent)).isLessThan(Duration.ofSeconds(10));
                assertThat(child.output())
                        .contains("SIG" + signal + ": saving after this step; a second signal ends the process at once")
                        .contains("Resume with: ./residual train --resume --run " + run);
            }
        }
        Path whole = directory.resolve("whole");
        assertThat(Child.toItsEnd(Command.of(whole, EPOCHS)).await()).isZero();

        Command resume = new Command(run, List.of("-Xmx256m"), List.of("--resume", "--run", run.toString()));
        try (Child child = Child.toItsEnd(resume)) {
            assertThat(child.await()).as(child.output()).isZero();
            assertThat(child.output()).contains("Resuming from ");
        }
        Child.assertSame(run, whole);
    }

    @Test
    void a_second_signal_ends_the_process_at_once() throws Exception {
        Path run = directory.resolve("slow");
        // One step takes many seconds.
        Command slow = new Command(
                run,
                List.of("-Xmx1g"),
                List.of("--width", "16", "--image-size", "112", "--batch-size", "512", "--run", run.toString()));
        try (Child child = Child.start(slow)) {
            child.awaitTraining();
            Thread.sleep(1500);
            child.signal("TERM");
            child.awaitWhile(() -> !child.output().contains("SIGTERM: "));
            long sent = System.nanoTime();
            child.signal("TERM");

            assertThat(child.await()).as(child.output()).isEqualTo(128 + 15);
            assertThat(Duration.ofNanos(System.nanoTime() - sent)).isLessThan(Duration.ofSeconds(3));
        }
        assertThat(RunDirectory.open(run).checkpoints(damage -> {}).newest()).isPresent();
    }

    /** A closing terminal is told by the shell and by the system. */
    @Test
    void a_second_hangup_does_not_keep_a_run_from_saving() throws Exception {
        Path run = directory.resolve("hung-up");
        try (Child child = Child.start(heedingSignals(Command.of(run, ENDLESS)), run)) {
            child.awaitTraining();
            Thread.sleep(400);
            for (int i = 0; i < 5; i++) {
                child.signal("HUP");
            }

            assertThat(child.await()).as(child.output()).isEqualTo(ExitStatus.INTERRUPTED.code());
            assertThat(child.output()).contains("Resume with: ./residual train --resume --run " + run);
        }
    }

    @Test
    void under_nohup_a_hangup_is_ignored() throws Exception {
        Path run = directory.resolve("nohup");
        List<String> line = new ArrayList<>(List.of("nohup"));
        line.addAll(Command.of(run, 2).line());
        try (Child child = Child.start(line, run)) {
            child.awaitTraining();
            child.signal("HUP");

            assertThat(child.await()).as(child.output()).isZero();
        }
    }

    /** Nothing can be drawn there any more. */
    @Test
    @EnabledOnOs(OS.LINUX)
    void a_terminal_that_is_closed_saves_the_run() throws Exception {
        Path run = directory.resolve("closed");
        assumeThat(Path.of("/usr/bin/script")).as("a terminal to close").isExecutable();
        String command = Command.of(run, ENDLESS).line().stream()
                .map(word -> "'" + word + "'")
                .collect(Collectors.joining(" "));
        List<String> terminal = List.of(
                "env", DEFAULT_SIGNALS, "TERM=xterm", "/usr/bin/script", "-qec", "exec " + command, "/dev/null");
        try (Child screen = Child.start(terminal, run)) {
            screen.awaitTraining();
            Thread.sleep(1500);
            ProcessHandle child = screen.children().findFirst().orElseThrow();
            screen.kill();

            child.onExit().get(30, TimeUnit.SECONDS);
        }
        RunDirectory saved = RunDirectory.open(run);
        assertThat(Files.readString(saved.logFile()))
                .contains("SIGHUP: saving after this step")
                .doesNotContain("ERROR");
        assertThat(saved.checkpoints(damage -> {}).newest()).isPresent();
    }

    /** As Maven's plugin starts it: the parent gets the signal, and does not pass it on. */
    @Test
    void a_run_that_ends_with_its_parent_saves_when_the_parent_is_killed() throws Exception {
        Path run = directory.resolve("orphan");
        List<String> line = new ArrayList<>(List.of("sh", "-c", "\"$@\"; exit $?", "sh"));
        line.addAll(Command.of(run, ENDLESS)
                .withJvm("-Xmx256m", "-Dresidual.endsWithParent=true")
                .line());
        try (Child parent = Child.start(line, run)) {
            parent.awaitTraining();
            Thread.sleep(400);
            ProcessHandle orphan = parent.children().findFirst().orElseThrow();
            parent.kill();

            orphan.onExit().get(30, TimeUnit.SECONDS);
            assertThat(parent.output())
                    .contains("The process that started this one has ended: saving after this step")
                    .contains("Resume with: ./residual train --resume --run " + run);
        }
    }

    /** One that resumes takes the memory that it was to measure. */
    @Test
    void a_process_that_measures_memory_ends_when_its_parent_gets_a_signal() throws Exception {
        Path run = directory.resolve("measured");
        Command slow = new Command(
                run,
                List.of("-Xmx1g"),
                List.of("--width", "32", "--image-size", "112", "--batch-size", "auto", "--run", run.toString()));
        try (Child parent = Child.start(heedingSignals(slow), run)) {
            parent.awaitWhile(() -> parent.children().findFirst().isEmpty());
            ProcessHandle probe = parent.children().findFirst().orElseThrow();
            parent.signal("TERM");

            assertThat(parent.await()).as(parent.output()).isEqualTo(128 + 15);
            probe.onExit().get(3, TimeUnit.SECONDS);
        }
    }

    @Test
    void a_second_process_in_the_directory_of_a_run_ends_at_once() throws Exception {
        Path run = directory.resolve("run");
        try (Child child = Child.start(Command.of(run, ENDLESS))) {
            child.awaitTraining();
            try (Child second = Child.toItsEnd(Command.of(run, ENDLESS))) {
                assertThat(second.await()).isEqualTo(ExitStatus.RUN.code());
                assertThat(second.output())
                        .contains("error: " + run + ": another process is training in this directory: ");
            }
        }
    }

    /** Its line, so that it inherits no ignored signal where these tests run under nohup, or in the background of a script. */
    private static List<String> heedingSignals(Command command) {
        List<String> line = new ArrayList<>();
        if (OS.LINUX.isCurrentOs()) {
            line.addAll(List.of("env", DEFAULT_SIGNALS));
        }
        line.addAll(command.line());
        return line;
    }
}
