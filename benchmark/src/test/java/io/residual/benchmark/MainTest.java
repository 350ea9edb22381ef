package io.residual.benchmark;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.residual.training.cli.CommandRunner;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

class MainTest {
    @TempDir
    Path folder;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "--cases 28:256 | error: a case is written PIXELSxBATCH, such as 28x256, or resnet20:28x128, got"
                        + " '28:256'",
                "--modes learn | error: a mode is train or infer, got 'learn'",
                "--rounds -1 | error: --rounds must be at least 0 and --timeout at least 1, got -1 and 30",
                "--seconds NaN | error: a measurement needs seconds of at least 0 and iterations of at least 1, got"
                        + " 5.0 s and 2 of warm-up, NaN s and 3 timed",
            })
    void an_option_that_cannot_be_used_is_reported_in_one_line(String options, String message) {
        assertThat(run(options.split(" "))).isEqualTo(2);
        assertThat(err.toString().strip()).isEqualTo(message);
    }

    @Test
    void an_unknown_contestant_is_reported_with_the_known_ones() {
        assertThat(run("--contestants", "stock,tensorflow")).isEqualTo(2);
        assertThat(err.toString()).startsWith("error: unknown --contestants tensorflow: choose from stock, ");
    }

    @Test
    void help_has_headings_and_shows_the_default_of_each_option() {
        assertThat(new CommandLine(new Main()).getCommandSpec().options())
                .filteredOn(option -> !option.usageHelp() && !option.versionHelp() && !option.hidden())
                .hasSize(13)
                .allSatisfy(option ->
                        assertThat(String.join(" ", option.description())).contains("default: "))
                .allSatisfy(option -> assertThat(option.group()).isNotNull());
    }

    @Test
    void the_list_shows_the_settings() {
        assertThat(run("--list")).isZero();
        assertThat(out.toString()).contains("stock").contains("MALLOC_ARENA_MAX=1");
    }

    @Test
    @Tag("slow")
    void a_small_case_is_measured_and_a_missing_program_is_reported() throws IOException {
        int status = run(
                "--rounds",
                "1",
                "--cases",
                "24x3",
                "--width",
                "8",
                "--seconds",
                "0.1",
                "--warmup",
                "0",
                "--contestants",
                "stock,pytorch",
                "--python",
                "/nowhere/python3",
                "--out",
                folder.toString());
        assertThat(status).as(err.toString()).isZero();
        JsonNode json =
                new ObjectMapper().readTree(folder.resolve("benchmark.json").toFile());
        assertThat(json.at("/measured")).hasSize(2);
        assertThat(json.at("/measured/0/task").asText()).isEqualTo("TRAIN");
        assertThat(json.at("/measured/1/answer/iterationSeconds").size()).isGreaterThanOrEqualTo(3);
        assertThat(json.at("/measured/0/answer/versions/DL4J").asText()).isEqualTo("1.0.0-M2.1");
        assertThat(json.at("/limits/0/limits/convolutions")).hasSize(20);
        assertThat(json.at("/limits/0/limits/matrixFlops").asDouble()).isPositive();
        assertThat(json.at("/standings/0/rows/0/ofPeak").asDouble()).isStrictlyBetween(0.0, 1.0);
        assertThat(out.toString())
                .contains("Training of ResNet-18, 24 x 24 pixels, batch 3, width 8")
                .contains(
                        "pytorch: there is no interpreter at /nowhere/python3: install python3-torch, or choose another"
                                + " interpreter (not measured: training 24x3, inference 24x3)");
        assertThat(Files.readString(folder.resolve("benchmark.md"))).contains("| stock | ");
    }

    /** Width 16: with 8 channels PyTorch 2.7.1 computes wrong gradients where its oneDNN uses AVX-512, NaN at times. */
    @Test
    @Tag("slow")
    void this_project_stock_dl4j_djl_and_onnx_runtime_compute_the_same() throws IOException {
        int status = run(
                "--check",
                "--rounds",
                "0",
                "--cases",
                "48x16",
                "--width",
                "16",
                "--contestants",
                "stock,djl,residual,residual-bf16,onnxruntime",
                "--out",
                folder.toString());
        assertThat(status).as(err.toString()).isZero();
        JsonNode checks = new ObjectMapper()
                .readTree(folder.resolve("benchmark.json").toFile())
                .at("/checks");
        assertThat(checks).hasSize(5).allSatisfy(check -> {
            assertThat(check.get("verdict").asText()).isEqualTo("SAME");
            boolean bf16 = check.get("contestant").asText().contains("bf16");
            assertThat(check.get("outputDifference").asDouble()).isLessThan(bf16 ? 0.03 : 1e-4);
        });
    }

    /** He et al.'s ResNet-20 has other shortcuts and another stem. */
    @Test
    @Tag("slow")
    void resnet_20_is_the_same_network_for_all() throws IOException {
        int status = run(
                "--check",
                "--rounds",
                "0",
                "--cases",
                "resnet20:28x16",
                "--contestants",
                "stock,djl,residual,onnxruntime",
                "--out",
                folder.toString());
        assertThat(status).as(err.toString()).isZero();
        JsonNode checks = new ObjectMapper()
                .readTree(folder.resolve("benchmark.json").toFile())
                .at("/checks");
        assertThat(checks).hasSize(4).allSatisfy(check -> {
            assertThat(check.get("verdict").asText()).isEqualTo("SAME");
            assertThat(check.get("parameters").asLong()).isEqualTo(269_434);
        });
    }

    private int run(String... arguments) {
        return CommandRunner.run(new Main(), new PrintWriter(out), new PrintWriter(err), arguments);
    }
}
