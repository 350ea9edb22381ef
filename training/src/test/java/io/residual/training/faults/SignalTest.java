package io.residual.training.faults;

import static org.assertj.core.api.Assertions.assertThat;

import io.residual.training.ExitStatus;
import io.residual.training.faults.Child.Command;
import io.residual.training.run.RunDirectory;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

@EnabledOnOs({OS.LINUX, OS.MAC})
class SignalTest {
    private static final int EPOCHS = 8;

    @TempDir
    Path directory;

    @Test
    void a_signal_saves_the_run_which_goes_on_and_ends_with_the_same_bytes() throws Exception {
        Path run = directory.resolve("run");
        for (String signal : List.of("TERM", "INT")) {
            try (Child child = Child.start(Command.of(run, EPOCHS))) {
                child.awaitTraining();
                Thread.sleep(400);
                long sent = System.nanoTime();
                child.signal(signal);

                assertThat(child.await()).as(child.output()).isEqualTo(ExitStatus.INTERRUPTED.code());
                assertThat(Duration.ofNanos(System.nanoTime() - sent)).isLessThan(Duration.ofSeconds(10));
                assertThat(child.output())
                        .contains("SIG" + signal + ": saving after this step; a second signal ends the process at once")
                        .contains("Go on with: ./residual train --resume --run " + run);
            }
        }
        Path whole = directory.resolve("whole");
        assertThat(Child.toItsEnd(Command.of(whole, EPOCHS)).await()).isZero();

        Command resume = new Command(run, List.of("-Xmx256m"), List.of("--resume", "--run", run.toString()));
        try (Child child = Child.toItsEnd(resume)) {
            assertThat(child.await()).as(child.output()).isZero();
            assertThat(child.output()).contains("Going on from ");
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

    @Test
    void a_second_process_in_the_directory_of_a_run_ends_at_once() throws Exception {
        Path run = directory.resolve("run");
        try (Child child = Child.start(Command.of(run, EPOCHS))) {
            child.awaitTraining();
            try (Child second = Child.toItsEnd(Command.of(run, EPOCHS))) {
                assertThat(second.await()).isEqualTo(ExitStatus.RUN.code());
                assertThat(second.output())
                        .contains("error: " + run + ": another process is training in this directory: ");
            }
        }
    }
}
