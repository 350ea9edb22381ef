package io.residual.spark.cluster;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The virtual machine's options of executors: those of commands on this machine, but for the heap, which Spark sets. */
final class ExecutorOptions {
    private static final List<String> FILES = List.of("java.options", "spark.options");
    private static final String SERIAL_FILTER = "-Djdk.serialFilter=";

    private ExecutorOptions() {}

    /** As one line for {@code spark.executor.extraJavaOptions}. */
    static String line() {
        return options().collect(Collectors.joining(" "));
    }

    /** What a process of a cluster may read of serialised objects: a pattern of {@code jdk.serialFilter}. */
    static String serialFilter() {
        return options()
                .filter(option -> option.startsWith(SERIAL_FILTER))
                .map(option -> option.substring(SERIAL_FILTER.length()))
                .reduce((first, last) -> last)
                .orElseThrow();
    }

    private static Stream<String> options() {
        return FILES.stream()
                .flatMap(ExecutorOptions::lines)
                .filter(line -> line.startsWith("-"))
                .filter(line -> !line.startsWith("-Xmx"));
    }

    private static Stream<String> lines(String file) {
        try (InputStream in = Objects.requireNonNull(
                ExecutorOptions.class.getResourceAsStream(file), "the class path lacks " + file)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8).lines();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
