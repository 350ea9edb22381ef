package io.residual.training.device.check;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.residual.training.device.check.CheckSession.Folders;
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

/** The real pytorch.py with trainings that are none. */
class PyTorchTest {
    private static final String TRAINING = """
        import json, os, sys, time
        case, _, variant = sys.argv[1:4]
        some = {"graph": "crash", "compile-graph": "50", "overhead": "error", "compile": "late"}
        none = {"graph": "crash", "compile-graph": "crash", "overhead": "error", "compile": "error"}
        fault = {"book-96": some, "resnet20": none, "speedrun": {}}[case].get(variant)
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

    private final CheckCase working = CheckCase.of("book-96", "bf16");
    private final CheckCase failing = CheckCase.of("resnet20", "f32");
    private final ByteArrayOutputStream printed = new ByteArrayOutputStream();
    private Folders folders;
    private Results results;

    @BeforeEach
    void copy() throws IOException {
        Files.copy(Path.of("../cuda/src/check/pytorch.py"), folder.resolve("pytorch.py"));
        Files.writeString(folder.resolve("pytorch_training.py"), TRAINING);
        Path out = Files.createDirectory(folder.resolve("results"));
        folders = new Folders(folder, out, "python3");
        results = new Results(out, new PrintStream(printed, true, StandardCharsets.UTF_8));
    }

    @Test
    void a_variant_that_crashes_leaves_the_others() throws IOException {
        try (PyTorch pytorch = PyTorch.start("python3", folders)) {
            pytorch.prepare(List.of(working));

            assertThat(pytorch.fastest(working, results)).isEqualTo("compile-graph");
            assertThat(pytorch.round(working, "compile-graph")).isEqualTo(20);
            assertThat(pytorch.status()).contains("\"busy\": 0", "\"state\": \"failed\"", "\"state\": \"ready\"");
            assertThatThrownBy(() -> pytorch.round(working, "overhead"))
                    .isInstanceOf(PyTorch.VariantException.class)
                    .hasMessageContaining("an illegal memory access");
        }
        assertThat(printed.toString(StandardCharsets.UTF_8).lines())
                .satisfiesExactlyInAnyOrder(
                        line -> assertThat(line).contains("\"graph\", \"error\": \"its process ended with status -6"),
                        line -> assertThat(line).contains("\"compile-graph\", \"images_per_second\": 20.0"),
                        line -> assertThat(line).contains("\"overhead\", \"error\": \"AcceleratorError"));
    }

    @Test
    void a_case_of_which_no_variant_works_is_an_error() throws IOException {
        try (PyTorch pytorch = PyTorch.start("python3", folders)) {
            assertThatThrownBy(() -> pytorch.fastest(failing, results))
                    .hasMessage("no variant of resnet20 f32 works in PyTorch");
        }
    }

    @Test
    void a_missing_program_is_an_error() throws IOException {
        Files.delete(folder.resolve("pytorch_training.py"));
        try (PyTorch pytorch = PyTorch.start("python3", folders)) {
            assertThatThrownBy(() -> pytorch.prepare(List.of(failing)))
                    .isInstanceOf(IOException.class)
                    .hasMessage("pytorch.py ended before it answered 'prepare resnet20 f32 graph':"
                            + " see pytorch-errors.log");
        }
        assertThat(folders.out().resolve("pytorch-errors.log")).content().contains("pytorch_training.py is missing");
    }
}
