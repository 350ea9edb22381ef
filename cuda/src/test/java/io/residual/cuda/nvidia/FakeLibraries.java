package io.residual.cuda.nvidia;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Assumptions;

/** Libraries that a C compiler makes of the sources beside the tests. */
final class FakeLibraries {
    private final Path directory;

    FakeLibraries(Path directory) {
        this.directory = directory;
    }

    /** A machine that has nothing but the fakes. */
    Places places() {
        return new Places(Map.of(Places.VARIABLE, directory.toString()), directory.resolve("root"));
    }

    /** Compiles one with definitions such as COUNT=0. Where there is no compiler a test is skipped, but not in CI. */
    FakeLibraries compiled(String source, String library, String... definitions)
            throws IOException, InterruptedException {
        Assumptions.assumeTrue(hasCompiler() || System.getenv("CI") != null, "gcc is missing");
        Files.createDirectories(directory);
        Path c = directory.resolve(source);
        try (InputStream resource = FakeLibraries.class.getResourceAsStream(source)) {
            assertThat(resource).isNotNull();
            Files.write(c, resource.readAllBytes());
        }
        List<String> command = new ArrayList<>(List.of(
                "gcc",
                "-shared",
                "-fPIC",
                "-w",
                "-o",
                directory.resolve(library).toString()));
        Arrays.stream(definitions).map(each -> "-D" + each).forEach(command::add);
        command.add(c.toString());
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(output).isZero();
        return this;
    }

    /** Toolkit and cuDNN for CUDA 13. Of cuBLAS nothing is called. */
    FakeLibraries toolkit() throws IOException, InterruptedException {
        compiled("libnvrtc.c", "libnvrtc.so.13").compiled("libcudnn.c", "libcudnn.so.9");
        for (String unused : List.of("libcublas.so.13", "libcublasLt.so.13", "libnvrtc-builtins.so.13.0")) {
            Files.copy(directory.resolve("libnvrtc.so.13"), directory.resolve(unused));
        }
        Files.createFile(directory.resolve("libcudnn_cnn.so.9"));
        return this;
    }

    private static boolean hasCompiler() {
        return Arrays.stream(System.getenv().getOrDefault("PATH", "").split(":"))
                .anyMatch(folder -> Files.isExecutable(Path.of(folder, "gcc")));
    }
}
