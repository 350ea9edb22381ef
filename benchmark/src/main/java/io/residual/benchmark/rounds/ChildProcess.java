package io.residual.benchmark.rounds;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.residual.benchmark.measurement.Job;
import io.residual.benchmark.measurement.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * Starts programs one after the other and reads their results.
 *
 * @param folder of the job and the output of the process
 * @param timeout after which a process is ended
 */
record ChildProcess(Path folder, Duration timeout) {
    /** Prefixes of variables that decide threads and memory: no contestant inherits one. */
    private static final List<String> SETTINGS =
            List.of("OMP_", "GOMP_", "KMP_", "MKL_", "DNNL_", "ONEDNN_", "MALLOC_", "GLIBC_TUNABLES", "LD_PRELOAD");

    /** The process failed. The message is the reason, in one line. */
    static final class ProcessFailure extends Exception {
        ProcessFailure(String reason) {
            super(reason);
        }
    }

    /**
     * Runs a program to its end.
     *
     * @param result type of the JSON in the last line of its output
     * @throws ProcessFailure if it does not start, fails, or takes too long
     */
    <T> T run(Program program, Map<String, String> environment, Job job, Class<T> result)
            throws IOException, ProcessFailure {
        Path jobFile = folder.resolve("job.json");
        Path output = folder.resolve("output.txt");
        Path errors = folder.resolve("errors.txt");
        job.write(jobFile);
        List<String> command = new ArrayList<>(program.command());
        command.add(jobFile.toString());
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(folder.toFile())
                .redirectOutput(output.toFile())
                .redirectError(errors.toFile());
        builder.environment().keySet().removeIf(name -> SETTINGS.stream().anyMatch(name::startsWith));
        builder.environment().putAll(program.environment());
        builder.environment().putAll(environment);
        int status = await(builder);
        String line = lines(output).stream()
                .filter(text -> text.startsWith("{"))
                .reduce((first, second) -> second)
                .orElse("");
        if (status != 0 || line.isEmpty()) {
            throw new ProcessFailure("exit status " + status + ": " + reason(lines(errors)));
        }
        return Json.MAPPER.readValue(line, result);
    }

    private int await(ProcessBuilder builder) throws IOException, ProcessFailure {
        Process process;
        try {
            process = builder.start();
        } catch (IOException e) {
            throw new ProcessFailure(String.valueOf(e.getMessage()));
        }
        Thread end = new Thread(process::destroyForcibly);
        Runtime.getRuntime().addShutdownHook(end);
        try {
            if (!process.waitFor(timeout.toSeconds(), TimeUnit.SECONDS)) {
                throw new ProcessFailure("no result after " + timeout.toSeconds() + " s: allow more time");
            }
            return process.exitValue();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ProcessFailure("interrupted");
        } finally {
            process.destroyForcibly();
            Runtime.getRuntime().removeShutdownHook(end);
        }
    }

    /** The first line that names an error, or else the last one. */
    private static String reason(List<String> errors) {
        return errors.stream()
                .filter(line -> line.matches("(Exception in thread .*|[\\w.]*(Error|Exception)\\b.*|Error: .*)"))
                .findFirst()
                .or(() -> errors.stream().filter(line -> !line.isBlank()).reduce((first, second) -> second))
                .orElse("it wrote nothing");
    }

    private static List<String> lines(Path file) throws IOException {
        return new String(Files.readAllBytes(file), UTF_8).lines().toList();
    }
}
