package io.residual.evaluation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.residual.training.cli.CommandRunner;
import io.residual.training.cli.ExitStatus;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.RandomAccessFile;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.Locale;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

/** The command on a run that the command {@code train} made. */
@Tag("slow")
class MainTest {
    @TempDir
    private static Path directory;

    private static Path run;

    @BeforeAll
    static void train() {
        run = directory.resolve("run");
        int status = new CommandLine(new io.residual.training.cli.Main())
                .execute("--preset", "quick", "--width", "4", "--epochs", "1", "--run", run.toString());
        assertThat(status).isZero();
    }

    @Test
    void it_evaluates_the_500_test_images_and_writes_the_same_as_json() throws IOException {
        StringWriter text = new StringWriter();
        int status = evaluate(text, run);
        JsonNode json = new ObjectMapper().readTree(run.resolve("report.json").toFile());

        assertThat(status).isZero();
        assertThat(json.get("data").get("images").intValue()).isEqualTo(500);
        assertThat(json.get("split").textValue()).isEqualTo("test");
        assertThat(json.get("accuracy").doubleValue()).isBetween(0.1, 1.0);
        assertThat(text.toString())
                .contains("Images: 500 of the test split")
                .contains(String.format(
                        Locale.ROOT, "accuracy  %.4f", json.get("accuracy").doubleValue()));
    }

    @Test
    void the_validation_split_gives_what_training_recorded() throws IOException {
        StringWriter text = new StringWriter();
        evaluate(text, run, "--split", "validation", "--checkpoint", "best");
        JsonNode json = new ObjectMapper()
                .readTree(run.resolve("report-validation.json").toFile());
        JsonNode epoch =
                new ObjectMapper().readTree(run.resolve("metrics.jsonl").toFile());

        assertThat(json.get("accuracy").doubleValue())
                .isEqualTo(epoch.get("validationAccuracy").doubleValue());
    }

    @Test
    void a_cut_model_is_an_error_with_its_file_and_no_stack_trace() throws IOException {
        Path cut = directory.resolve("cut");
        new CommandLine(new io.residual.training.cli.Main())
                .execute("--preset", "quick", "--width", "4", "--epochs", "1", "--run", cut.toString());
        try (RandomAccessFile model =
                new RandomAccessFile(cut.resolve("last.safetensors").toFile(), "rw")) {
            model.setLength(model.length() / 2);
        }

        StringWriter errors = new StringWriter();
        int status = evaluate(errors, cut);
        assertThat(status).isEqualTo(ExitStatus.RUN.code());
        assertThat(errors.toString().lines()).hasSize(1);
        assertThat(errors.toString()).startsWith("error: ").contains("last.safetensors");
    }

    @Test
    void an_unknown_split_is_a_usage_error_that_names_the_known_ones() {
        StringWriter errors = new StringWriter();

        assertThat(evaluate(errors, run, "--split", "tests")).isEqualTo(ExitStatus.USAGE.code());
        assertThat(errors.toString()).contains("error: --split: expected test, validation or train, got 'tests'");
    }

    @Test
    void a_gpu_that_is_not_there_is_one_line() {
        StringWriter errors = new StringWriter();

        assertThat(evaluate(errors, run, "--device", "cuda:9999")).isEqualTo(ExitStatus.NO_DEVICE.code());
        assertThat(errors.toString().strip().lines()).singleElement().asString().startsWith("error: ");
    }

    @Test
    void kernels_of_the_cpu_are_refused_beside_a_gpu() {
        StringWriter errors = new StringWriter();

        assertThat(evaluate(errors, run, "--device", "cuda", "--kernels", "stock"))
                .isEqualTo(ExitStatus.USAGE.code());
        assertThat(errors.toString().strip())
                .isEqualTo("error: kernels stock: for the CPU alone: leave out either that or device cuda");
    }

    @Test
    void augmentation_ensembles_and_another_run_are_secondary_results() throws IOException {
        Path other = directory.resolve("other");
        int trained = new CommandLine(new io.residual.training.cli.Main())
                .execute(
                        "--preset", "quick", "--width", "4", "--epochs", "1", "--seed", "9", "--run", other.toString());
        assertThat(trained).isZero();
        StringWriter text = new StringWriter();
        String[] options = {"--compare", other.toString(), "--ensemble", other.toString(), "--tta", "flip,shift"};
        assertThat(evaluate(text, run, options)).isZero();

        JsonNode json = new ObjectMapper().readTree(run.resolve("report.json").toFile());
        assertThat(json.get("variants"))
                .extracting(variant -> variant.get("name").textValue())
                .containsExactly("test-time augmentation: flip", "test-time augmentation: shift", "mean of 2 runs");
        JsonNode comparison = json.get("comparison");
        assertThat(comparison.get("difference").doubleValue())
                .isCloseTo(
                        comparison.get("accuracy").doubleValue()
                                - json.get("accuracy").doubleValue(),
                        within(1e-12));
        assertThat(comparison.get("changed").size())
                .isGreaterThanOrEqualTo(comparison.get("onlyThisRight").intValue()
                        + comparison.get("onlyOtherRight").intValue());
    }

    @Test
    void augmentation_can_be_kept_to_images_of_which_the_model_is_less_sure() throws IOException {
        assertThat(evaluate(new StringWriter(), run, "--tta", "flip")).isZero();
        JsonNode all = new ObjectMapper().readTree(run.resolve("report.json").toFile());
        assertThat(evaluate(new StringWriter(), run, "--tta", "flip", "--tta-below", "0.5"))
                .isZero();
        JsonNode some = new ObjectMapper().readTree(run.resolve("report.json").toFile());
        assertThat(evaluate(new StringWriter(), run, "--tta", "flip", "--tta-below", "0"))
                .isZero();
        JsonNode none = new ObjectMapper().readTree(run.resolve("report.json").toFile());

        assertThat(all.get("variants").get(0).get("name").textValue()).isEqualTo("test-time augmentation: flip");
        assertThat(some.get("variants").get(0).get("name").textValue())
                .matches("test-time augmentation: flip, of [1-9][0-9.]* % of the images");
        assertThat(none.get("variants").get(0).get("name").textValue())
                .isEqualTo("test-time augmentation: flip, of 0.0 % of the images");
        assertThat(accuracy(none.get("variants").get(0))).isEqualTo(accuracy(none));
        assertThat(accuracy(some)).isEqualTo(accuracy(none));
        assertThat(some.get("variants").get(0)).isNotEqualTo(all.get("variants").get(0));
    }

    private static double accuracy(JsonNode result) {
        return result.get("accuracy").doubleValue();
    }

    @ParameterizedTest
    @CsvSource({
        "--tta flip --tta-below 1.5,--tta-below: expected a probability from 0 to 1",
        "--tta-below 0.5,--tta-below: give --tta too",
    })
    void a_bound_of_augmentation_that_has_no_effect_is_refused(String options, String message) {
        StringWriter errors = new StringWriter();
        assertThat(evaluate(errors, run, options.split(" ", -1))).isEqualTo(ExitStatus.USAGE.code());
        assertThat(errors.toString()).startsWith("error: " + message);
    }

    @Test
    void weights_of_a_file_are_evaluated_as_those_of_the_run() throws IOException {
        StringWriter text = new StringWriter();
        String file = run.resolve("last.safetensors").toString();
        assertThat(evaluate(text, run, "--checkpoint", file, "--split", "train"))
                .isZero();
        JsonNode json =
                new ObjectMapper().readTree(run.resolve("report-train.json").toFile());
        assertThat(json.get("checkpoint").textValue()).isEqualTo(file);
        assertThat(json.get("examples").intValue()).isEqualTo(1830);

        StringWriter errors = new StringWriter();
        assertThat(evaluate(errors, run, "--checkpoint", "none.safetensors")).isEqualTo(ExitStatus.RUN.code());
        assertThat(errors.toString()).contains("none.safetensors").contains("best, last or the path");
    }

    @Test
    void the_report_goes_to_another_directory_if_one_is_given() {
        Path out = directory.resolve("reports/first");
        StringWriter text = new StringWriter();
        assertThat(evaluate(text, run, "--split", "validation", "--out", out.toString()))
                .isZero();
        assertThat(text.toString()).contains("HTML report: " + out.resolve("report-validation.html"));
        assertThat(out.resolve("report-validation.json")).isNotEmptyFile();
    }

    @Test
    void the_help_groups_options_and_shows_their_defaults() {
        StringWriter text = new StringWriter();
        assertThat(CommandRunner.run(new Main(), new PrintWriter(text), new PrintWriter(text), "--help"))
                .isZero();
        assertThat(text.toString().replaceAll("\\s+", " "))
                .contains("Options:", "Model:", "Secondary results:")
                .contains("(default: test)", "(default: last)", "(default: as in the run)");
    }

    private static int evaluate(StringWriter text, Path run, String... more) {
        String[] args = new String[more.length + 2];
        args[0] = "--run";
        args[1] = run.toString();
        System.arraycopy(more, 0, args, 2, more.length);
        PrintWriter out = new PrintWriter(text);
        return CommandRunner.run(new Main(), out, out, args);
    }
}
