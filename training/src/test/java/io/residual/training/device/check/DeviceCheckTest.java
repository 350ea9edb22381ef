package io.residual.training.device.check;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.residual.cuda.device.CudaException;
import io.residual.cuda.device.Format;
import io.residual.cuda.device.HostDevice;
import io.residual.program.Program;
import io.residual.training.device.check.CheckSession.Folders;
import io.residual.training.device.check.SpeedParts.Speed;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DeviceCheckTest {
    @TempDir
    private Path folder;

    private final ByteArrayOutputStream printed = new ByteArrayOutputStream();
    private final PrintStream out = new PrintStream(printed, true, StandardCharsets.UTF_8);
    private Folders folders;

    @BeforeEach
    void folders() {
        folders = new Folders(folder, folder, "");
    }

    private String printed() {
        return printed.toString(StandardCharsets.UTF_8);
    }

    @Test
    void a_machine_without_a_GPU_gets_one_line() throws IOException {
        assumeThat(Path.of("/dev/nvidiactl")).doesNotExist();

        assertThat(DeviceCheck.run(folders, out, "resume")).isEqualTo(DeviceCheck.IMPOSSIBLE);

        assertThat(printed().lines()).hasSize(1).first().asString().startsWith("check: ");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
        sped                    | unknown part 'sped': expected operations, fixtures, resume, speed
        resume:3                | unknown part 'resume:3': expected
        speed:book-96:bf16      | unknown part 'speed:book-96:bf16': expected
        speed:book-97:bf16:1    | unknown case 'book-97': expected one of book-96, resnet20,
        accuracy:resnet20:f16:1 | unknown format 'f16': expected f32, tf32 or bf16
        pytorch                 | no Python with PyTorch was found: set PYTHON
        """)
    void what_is_not_understood_is_refused_before_a_GPU_is_opened(String argument, String message) throws IOException {
        assertThat(DeviceCheck.run(folders, out, "operations", argument)).isEqualTo(DeviceCheck.USAGE);

        assertThat(printed()).startsWith("check: " + message);
        assertThat(printed().lines()).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "operations",
                "fixtures",
                "resume",
                "speed",
                "speed:book-28:f32:0.5",
                "profile:resnet20:bf16",
                "accuracy",
                "accuracy:speedrun:bf16:5",
                "pytorch",
                "pytorch:book-96:bf16:resnet20:tf32",
                "pytorch:/opt/bin/python3:book-96:bf16"
            })
    void parts_are_understood(String argument) {
        assertThat(DeviceCheck.part("python3", argument)).isNotNull();
    }

    @Test
    void a_part_that_fails_does_not_stop_the_others() throws IOException {
        Map<String, Part> parts = new LinkedHashMap<>();
        parts.put("first", session -> {
            throw new CudaException(CudaException.Kind.FAILED, "cuLaunchKernel failed");
        });
        parts.put("second", session -> {
            session.results()
                    .write(
                            "second",
                            Results.of(CheckCase.of("speedrun", "tf32")).put("speed", 3));
            return true;
        });
        parts.put("third", session -> false);
        CheckSession session = new CheckSession(new HostDevice(), folders, new Results(folder, out));

        assertThat(DeviceCheck.run(session, parts)).isEqualTo(DeviceCheck.FAILED);
        assertThat(printed().lines().map(line -> line.replaceAll("[0-9.]+ s$", "- s")))
                .containsExactly(
                        "check: first: cuLaunchKernel failed",
                        "FAILED first after - s",
                        "{\"case\":\"speedrun\",\"format\":\"tf32\",\"speed\":3}",
                        "passed second after - s",
                        "FAILED third after - s");
        assertThat(folder.resolve("second.jsonl"))
                .hasContent("{\"case\":\"speedrun\",\"format\":\"tf32\",\"speed\":3}\n");
    }

    @Test
    void results_of_an_earlier_check_are_replaced() throws IOException {
        Path file = Files.writeString(folder.resolve("speed.jsonl"), "old\n");
        Results results = new Results(folder, out);

        results.write("speed", Results.result().put("a", 1));
        results.write("speed", Results.result().put("a", Results.rounded(0.123456, 3)));

        assertThat(file).hasContent("{\"a\":1}\n{\"a\":0.123}\n");
    }

    @Test
    void gradients_pass_as_far_as_rounding_explains_them() {
        assertThat(GradientParts.passed(Format.F32, 1e-8, 2e-5)).isTrue();
        assertThat(GradientParts.passed(Format.F32, 1e-8, 1e-3)).isFalse();
        assertThat(GradientParts.passed(Format.F32, 1e-3, 2e-5)).isFalse();
        assertThat(GradientParts.passed(Format.BF16, 2e-3, 1.5)).isTrue();
        assertThat(GradientParts.passed(Format.BF16, 0.1, 1.5)).isFalse();
        assertThat(GradientParts.passed(Format.TF32, Double.NaN, 0.1)).isFalse();
        assertThat(GradientParts.passed(Format.TF32, 1e-3, Double.NaN)).isFalse();
    }

    @Test
    void every_case_is_measured_in_every_format_and_the_most_important_first() {
        assertThat(Speed.standard()).hasSize(15);
        assertThat(Speed.standard().get(0).each()).isEqualTo(CheckCase.of("book-96", "bf16"));
    }

    @ParameterizedTest
    @CsvSource({"book-96,256,96", "resnet20,128,28", "resnet50-96,128,96", "book-28,256,28", "speedrun,256,28"})
    void a_case_is_trained_as_its_preset_is(String name, int batch, int pixels) {
        CheckCase each = CheckCase.of(name, "tf32");
        Program program = each.program();

        assertThat(each.spec().optimisation().batchSize()).isEqualTo(batch);
        assertThat(each.spec().data().input().size().height()).isEqualTo(pixels);
        assertThat(program.value(program.input()).positions()).isEqualTo(pixels * pixels);
        assertThatThrownBy(() -> new CheckCase("book-224", Format.F32)).hasMessageStartingWith("unknown case");
    }
}
