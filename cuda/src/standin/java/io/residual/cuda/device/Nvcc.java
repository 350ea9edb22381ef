package io.residual.cuda.device;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;

/**
 * NVIDIA's compiler, if it is installed: it finds what g++ accepts and a GPU does not. It reads CUDA's headers before each
 * source, which the run-time compiler does not: that a source needs none shows where it is built for {@link HostDevice}.
 */
final class Nvcc {
    private static final List<Integer> ARCHITECTURES = List.of(75, 80, 90, 100, 120);

    /** What sources need not use all of: functions, and variables that are set. */
    private static final String UNUSED = "177,550";

    private static final Map<String, String> COMPILED = new ConcurrentHashMap<>();

    private Nvcc() {}

    /** As {@link #compile}, or what it said of the same source before. */
    static String compileOnce(String source) {
        return COMPILED.computeIfAbsent(source, Nvcc::compile);
    }

    /**
     * Compiles CUDA C for all architectures that this compiler knows among those we support; skips the test if there is none.
     *
     * @return what the compiler said, empty for a right source
     */
    static String compile(String source) {
        Optional<String> found = find();
        Assumptions.assumeTrue(found.isPresent(), "nvcc is not installed");
        String nvcc = found.orElseThrow();
        try {
            Path folder = Files.createTempDirectory("residual-nvcc");
            Path file = Files.writeString(folder.resolve("source.cu"), source);
            List<String> command = new ArrayList<>(List.of(
                    nvcc,
                    "--std=c++17",
                    "-Werror",
                    "cross-execution-space-call,reorder",
                    "-diag-suppress",
                    UNUSED,
                    "-G", // without optimisation, which takes most of the time
                    "-fatbin"));
            String known = run(List.of(nvcc, "--list-gpu-arch"));
            for (int architecture : ARCHITECTURES) {
                if (known.lines().noneMatch(("compute_" + architecture)::equals)) continue;
                command.add("-gencode=arch=compute_" + architecture + ",code=sm_" + architecture);
            }
            Path binary = folder.resolve("source.fatbin");
            command.addAll(List.of("-o", binary.toString(), file.toString()));
            String output = run(command);
            boolean built = Files.deleteIfExists(binary);
            Files.delete(file);
            Files.delete(folder);
            return built || !output.isEmpty() ? output : "nvcc wrote nothing";
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Optional<String> find() {
        return Stream.of("nvcc", "/usr/local/cuda/bin/nvcc")
                .filter(name -> {
                    try {
                        return run(List.of(name, "--version")).contains("release");
                    } catch (IOException e) {
                        return false;
                    }
                })
                .findFirst();
    }

    private static String run(List<String> command) throws IOException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }
}
