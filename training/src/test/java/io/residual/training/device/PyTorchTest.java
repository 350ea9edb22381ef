package io.residual.training.device;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The real pytorch.py with trainings that are none: a case says which variant does what. */
class PyTorchTest {
    private static final String TRAINING = """
        import json, os, sys, time
        case, _, variant = sys.argv[1:4]
        fault = dict(each.split("=") for each in case.split(",")).get(variant)
        if fault == "crash":
            os.abort()
        if fault == "error":
            print(json.dumps({"error": "AcceleratorError: an illegal memory access"}))
            sys.exit(1)
        print(json.dumps({"loss": 1.5}), flush=True)
        for line in sys.stdin:
            if fault == "late":
                os.abort()
            print(json.dumps({"images_per_second": float(fault or 10) * float(line)}), flush=True)
        """;

    @TempDir
    private Path folder;

    private final ByteArrayOutputStream printed = new ByteArrayOutputStream();
    private final PrintStream out = new PrintStream(printed, true, StandardCharsets.UTF_8);

    @BeforeEach
    void copy() throws IOException {
        Files.copy(Path.of("../cuda/src/check/pytorch.py"), folder.resolve("pytorch.py"));
        Files.writeString(folder.resolve("pytorch_training.py"), TRAINING);
    }

    @Test
    void a_variant_that_crashes_leaves_the_others() throws IOException {
        String name = "graph=crash,compile-graph=50,overhead=error,compile=late";
        try (PyTorch pytorch = PyTorch.start("python3", folder)) {
            pytorch.prepare(List.of(name + " bf16"));

            assertThat(pytorch.fastest(name, "bf16", out)).isEqualTo("compile-graph");
            assertThat(pytorch.round(name, "bf16", "compile-graph")).isEqualTo(20);
            assertThat(pytorch.status()).contains("\"busy\": 0", "\"state\": \"failed\"", "\"state\": \"ready\"");
            assertThatThrownBy(() -> pytorch.round(name, "bf16", "overhead"))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("an illegal memory access");
        }
        assertThat(printed.toString(StandardCharsets.UTF_8).lines())
                .hasSize(4)
                .satisfiesExactlyInAnyOrder(
                        line -> assertThat(line).contains("\"graph\", \"error\": \"its process ended with status -6"),
                        line -> assertThat(line).contains("\"compile-graph\", \"images_per_second\": 20.0"),
                        line -> assertThat(line).contains("\"overhead\", \"error\": \"AcceleratorError"),
                        line -> assertThat(line)
                                .contains("\"compile\", \"error\": \"its process ended with status -6"));
    }

    @Test
    void a_case_of_which_no_variant_works_is_an_error() throws IOException {
        String name = "graph=crash,compile-graph=crash,overhead=error,compile=error";
        try (PyTorch pytorch = PyTorch.start("python3", folder)) {
            assertThatThrownBy(() -> pytorch.fastest(name, "f32", out))
                    .hasMessage("no variant of " + name + " f32 works in PyTorch");
        }
    }

    @Test
    void a_missing_program_is_an_error() throws IOException {
        Files.delete(folder.resolve("pytorch_training.py"));
        try (PyTorch pytorch = PyTorch.start("python3", folder)) {
            assertThatThrownBy(() -> pytorch.prepare(List.of("graph=1 f32")))
                    .isInstanceOf(IOException.class)
                    .hasMessage("pytorch.py ended before it answered 'prepare graph=1 f32 graph': see pytorch.log");
        }
        assertThat(folder.resolve("pytorch.log")).content().contains("pytorch_training.py is missing");
    }
}
