package io.residual.training.faults;

import static org.assertj.core.api.Assertions.assertThat;

import io.residual.core.safetensors.SafetensorsFile;
import io.residual.training.loop.EpochMetrics;
import io.residual.training.run.RunDirectory;
import io.residual.training.run.SavedModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;

/** The command {@code train} in a process of its own, with one thread, on the sample. */
final class Child implements AutoCloseable {
    private static final long MOST_SECONDS = 120;
    private static final long POLL_NANOS = 500_000;
    /** Said right before the first step. */
    private static final String READY = "Network: ";

    private final Process process;
    private final Path output;

    private Child(Process process, Path output) {
        this.process = process;
        this.output = output;
    }

    /** How a child is started. */
    record Command(Path run, List<String> jvmOptions, List<String> options) {
        /** A very narrow network, whose step takes some milliseconds. */
        static Command of(Path run, int epochs, String... more) {
            List<String> options = new ArrayList<>(
                    List.of("--width", "2", "--batch-size", "128", "--learning-rate", "0.05", "--seed", "11"));
            options.addAll(List.of("--epochs", String.valueOf(epochs), "--run", run.toString()));
            options.addAll(List.of(more));
            return new Command(run, List.of("-Xmx256m"), options);
        }

        Command withJvm(String... options) {
            return new Command(run, List.of(options), this.options);
        }

        /** The words of the command line, for this process's class path. */
        List<String> line() {
            List<String> line = new ArrayList<>(List.of(
                    Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                    "@" + Path.of("../config/java.options"),
                    // Lives are short: what they would gain from better code, they would spend on making it.
                    "-XX:TieredStopAtLevel=1",
                    "-XX:+UseSerialGC"));
            line.addAll(jvmOptions);
            line.addAll(List.of("-cp", System.getProperty("java.class.path"), "io.residual.training.cli.Main"));
            line.addAll(options);
            return line;
        }
    }

    static Child start(Command command) throws IOException {
        return start(command.line(), command.run());
    }

    /** @param run beside which the output is kept */
    static Child start(List<String> line, Path run) throws IOException {
        Path output = Files.createTempFile(run.toAbsolutePath().getParent(), "output-", ".txt");
        ProcessBuilder builder =
                new ProcessBuilder(line).redirectErrorStream(true).redirectOutput(output.toFile());
        builder.environment().put("OMP_NUM_THREADS", "1");
        builder.environment().put("OMP_WAIT_POLICY", "PASSIVE");
        return new Child(builder.start(), output);
    }

    /** Runs a command to its end. */
    static Child toItsEnd(Command command) throws Exception {
        Child child = start(command);
        child.await();
        return child;
    }

    /** Waits for the end and gives the exit status. */
    int await() throws InterruptedException {
        if (!process.waitFor(MOST_SECONDS, TimeUnit.SECONDS)) {
            process.destroyForcibly();
            throw new AssertionError("the child does not end: " + output());
        }
        return process.exitValue();
    }

    /** Waits until training begins, or the process has ended. */
    void awaitTraining() {
        awaitWhile(() -> !output().contains(READY));
    }

    /** Waits while a condition holds, as long as the process lives. */
    void awaitWhile(BooleanSupplier condition) {
        long start = System.nanoTime();
        while (process.isAlive() && condition.getAsBoolean()) {
            if (System.nanoTime() - start > TimeUnit.SECONDS.toNanos(MOST_SECONDS)) {
                process.destroyForcibly();
                throw new AssertionError("the child does not come that far: " + output());
            }
            // Not a busy wait, which would take a core from the child.
            LockSupport.parkNanos(POLL_NANOS);
        }
    }

    /** Processes that this one started. */
    Stream<ProcessHandle> children() {
        return process.children();
    }

    boolean isAlive() {
        return process.isAlive();
    }

    /** As {@code kill -9}. */
    void kill() throws InterruptedException {
        process.destroyForcibly();
        process.waitFor();
    }

    /** Sends a signal such as "TERM". */
    void signal(String name) throws Exception {
        new ProcessBuilder("kill", "-" + name, String.valueOf(process.pid()))
                .start()
                .waitFor();
    }

    String output() {
        try {
            return Files.readString(output);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }

    /** Makes sure that a run has come to the same as another: models, metrics but times, and state. */
    static void assertSame(Path actual, Path expected) throws IOException {
        RunDirectory run = RunDirectory.open(actual);
        RunDirectory other = RunDirectory.open(expected);
        for (SavedModel checkpoint : SavedModel.values()) {
            assertThat(run.modelFile(checkpoint)).hasSameBinaryContentAs(other.modelFile(checkpoint));
        }
        List<EpochMetrics> epochs = other.epochs();
        assertThat(run.epochs())
                .usingRecursiveComparison()
                .ignoringFields("imagesPerSecond", "epochSeconds")
                .isEqualTo(epochs);
        SafetensorsFile arrays =
                run.checkpoints(damage -> {}).newest().orElseThrow().arrays();
        SafetensorsFile others =
                other.checkpoints(damage -> {}).newest().orElseThrow().arrays();
        assertThat(arrays.names()).isEqualTo(others.names()).isNotEmpty();
        for (String name : others.names()) {
            assertThat(arrays.tensor(name).bytes())
                    .isEqualTo(others.tensor(name).bytes());
        }
    }
}
