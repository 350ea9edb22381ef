package io.residual.laboratory.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.residual.laboratory.Main;
import io.residual.training.cli.CommandRunner;
import io.residual.training.cli.ExitStatus;
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

class DepthCommandsTest {
    @TempDir
    Path directory;

    private final StringWriter out = new StringWriter();
    private final StringWriter errors = new StringWriter();

    @ParameterizedTest
    @CsvSource({"'8,30',30,are 26 and 32", "'8,31',31,are 26 and 32", "'5,8',5,is 8", "'8,20,57',57,are 56 and 62"})
    void a_depth_of_another_form_is_refused_with_the_nearest_ones(String depths, int wrong, String nearest) {
        assertThat(lab("depth", "--depths", depths)).isEqualTo(ExitStatus.USAGE.code());
        assertThat(errors.toString().strip())
                .isEqualTo("error: --depths: " + wrong + " is not of the form 6n + 2: the nearest " + nearest);
    }

    @Test
    void depths_are_compared_with_20_where_it_is_there() {
        assertThat(lab(
                        "depth",
                        "--depths",
                        "32,8,20",
                        "--report-only",
                        "--data",
                        "sample",
                        "--dir",
                        directory.toString()))
                .isZero();
        assertThat(out.toString()).contains("plain-32 minus plain-20, validation accuracy");
        assertThat(directory.resolve("depth.html")).exists();
    }

    @Test
    void the_tour_has_its_stops_in_the_order_of_a_lecture_and_a_command_under_each() throws IOException {
        assertThat(lab("tour", "--report-only", "--data", "sample", "--dir", directory.toString()))
                .isZero();

        String page = Files.readString(directory.resolve("tour.html"));
        assertThat(page)
                .containsSubsequence(
                        "<h1>A tour of residual networks",
                        "Not run yet.",
                        ">Why depth hurts</h2>",
                        "./residual reproduce --claim 1 --budget minutes",
                        ">What a shortcut does to the gradient</h2>",
                        "./residual lab gradients --depth 20,56,110",
                        "./residual reproduce --claim 8 --budget minutes",
                        ">A thousand layers</h2>",
                        "./residual lab 1000",
                        ">Cosine</h2>",
                        ">Batch size</h2>",
                        ">Wrong labels</h2>",
                        "./residual reproduce --claim 6 --budget minutes")
                .doesNotContain("<script", "src=\"http");
        assertThat(directory.resolve("trainings")).isEmptyDirectory();
    }

    @Tag("slow")
    @Test
    void a_deep_network_a_plain_one_and_a_pre_activation_one_take_a_few_steps() {
        int status = lab(
                "1000",
                "--depth",
                "26",
                "--preactivation-depth",
                "29",
                "--width",
                "2",
                "--steps",
                "50",
                "--batch",
                "4",
                "--seeds",
                "2",
                "--data",
                "sample",
                "--dir",
                directory.toString());

        assertThat(errors.toString()).isEmpty();
        assertThat(status).isZero();
        assertThat(out.toString())
                .contains(
                        "Memory limits: ",
                        "claim 8, plain ResNet-26, seed 2",
                        "pre-activation ResNet-29: loss of a guess")
                .containsPattern("Claim 8 +(CONFIRMED|REFUTED|UNDECIDED) +seeds 2 of 2");
        assertThat(directory.resolve("thousand.html")).exists();
    }

    @Test
    void steps_that_are_no_tens_are_refused() {
        assertThat(lab("1000", "--steps", "55")).isEqualTo(ExitStatus.USAGE.code());
        assertThat(errors.toString()).startsWith("error: --steps must be a multiple of 10");
    }

    private int lab(String... arguments) {
        return CommandRunner.run(new Main(), new PrintWriter(out), new PrintWriter(errors), arguments);
    }
}
