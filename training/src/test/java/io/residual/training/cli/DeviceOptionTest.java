package io.residual.training.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.residual.training.device.DeviceChoice;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DeviceOptionTest {
    @TempDir
    private Path directory;

    private final StringWriter errors = new StringWriter();

    @ParameterizedTest
    @ValueSource(strings = {"auto", "cpu", "cuda", "cuda:1", "cuda:17"})
    void a_choice_is_read_as_it_is_written(String text) {
        assertThat(DeviceChoice.of(text)).hasToString(text);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "gpu", "cuda:", "cuda:-1", "cuda:x", "CUDA", "cuda:12345"})
    void anything_else_is_named(String text) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> DeviceChoice.of(text))
                .withMessage("\"" + text + "\" is no device: expected auto, cpu, cuda or cuda:N");
    }

    @Test
    void a_gpu_that_is_not_there_is_one_line_and_leaves_nothing() {
        assertThat(train("--device", "cuda:9999")).isEqualTo(ExitStatus.NO_DEVICE.code());

        assertThat(errors.toString().strip().lines()).singleElement().asString().startsWith("error: ");
        assertThat(directory.resolve("run")).doesNotExist();
    }

    @ParameterizedTest
    @CsvSource({
        "--kernels, stock, --kernels",
        "--memory, 3, --memory",
        "--batch-size, auto, --batch-size auto",
        "--find-learning-rate, rates.svg, --find-learning-rate",
    })
    void what_belongs_to_the_cpu_is_refused_beside_a_gpu(String option, String value, String named) {
        assertThat(train("--device", "cuda", option, value)).isEqualTo(ExitStatus.USAGE.code());

        assertThat(errors.toString().strip())
                .isEqualTo("error: " + named + ": for the CPU alone: leave out either that or --device cuda");
    }

    @Test
    void what_belongs_to_a_gpu_is_refused_beside_the_cpu() {
        assertThat(train("--device", "cpu", "--deterministic", "false")).isEqualTo(ExitStatus.USAGE.code());

        assertThat(errors.toString().strip())
                .isEqualTo("error: --deterministic: for a GPU alone: leave out either that or --device cpu");
    }

    private int train(String... options) {
        List<String> all = new ArrayList<>(
                List.of("--preset", "quick", "--run", directory.resolve("run").toString()));
        all.addAll(List.of(options));
        return CommandRunner.run(
                new Main(), new PrintWriter(new StringWriter()), new PrintWriter(errors), all.toArray(String[]::new));
    }
}
