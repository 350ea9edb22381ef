package io.residual.evaluation.export;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.residual.data.Batch;
import io.residual.data.ImageBatches;
import io.residual.data.ImageSet;
import io.residual.evaluation.Outcome;
import io.residual.evaluation.metrics.Scores;
import io.residual.evaluation.model.ModelChoice;
import io.residual.evaluation.model.TrainedModel;
import io.residual.evaluation.predict.Classifier;
import io.residual.evaluation.predict.ClassifierOptions;
import io.residual.evaluation.predict.TrainedRun;
import io.residual.training.cli.ExitStatus;
import io.residual.training.device.DeviceChoice;
import io.residual.training.device.InferenceChoice;
import io.residual.training.device.InferenceDevice;
import io.residual.training.loop.Inference;
import io.residual.training.network.InferencePrecision;
import io.residual.training.network.KernelChoice;
import io.residual.training.run.RunDirectory;
import io.residual.training.run.SavedModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A trained run in reduced precision, with ONNX Runtime as the referee of 8-bit integers. */
@Tag("slow")
@EnabledOnOs(value = OS.LINUX, architectures = "amd64")
class PrecisionTest {
    private static final InferenceChoice INT8 =
            new InferenceChoice(DeviceChoice.CPU, KernelChoice.AUTO, InferencePrecision.INT8);

    @TempDir
    private static Path directory;

    private static Path run;

    @BeforeAll
    static void train() {
        run = TrainedRun.in(directory.resolve("run"), "--width", "8", "--epochs", "3");
    }

    private static JsonNode evaluate(String... more) throws IOException {
        String[] args = new String[more.length + 2];
        args[0] = "--run";
        args[1] = run.toString();
        System.arraycopy(more, 0, args, 2, more.length);
        Outcome outcome = Outcome.of(new io.residual.evaluation.Main(), args);
        assertThat(outcome.status()).as(outcome.err()).isZero();
        return new ObjectMapper().readTree(run.resolve("report.json").toFile());
    }

    @ParameterizedTest
    @EnumSource(value = InferencePrecision.class, names = "FLOAT32", mode = EnumSource.Mode.EXCLUDE)
    void the_report_says_what_a_reduced_precision_costs(InferencePrecision precision) throws IOException {
        JsonNode floats = evaluate();
        JsonNode reduced = evaluate("--precision", precision.toString());

        assertThat(floats.get("precision").textValue()).isEqualTo("float32");
        assertThat(floats.has("float32")).isFalse();
        assertThat(reduced.get("precision").textValue()).isEqualTo(precision.toString());
        JsonNode comparison = reduced.get("float32");
        assertThat(comparison.get("accuracy")).isEqualTo(floats.get("accuracy"));
        assertThat(comparison.get("expectedCalibrationError"))
                .isEqualTo(floats.get("calibration").get("plain").get("expectedCalibrationError"));
        assertThat(comparison.get("difference").doubleValue()).isBetween(-0.02, 0.02);
        assertThat(comparison.get("mcNemarExactP").doubleValue()).isPositive();
        assertThat(reduced.get("calibration").get("plain").get("negativeLogLikelihoodNats"))
                .as("another computation")
                .isNotEqualTo(floats.get("calibration").get("plain").get("negativeLogLikelihoodNats"));
        assertThat(run.resolve("report.html")).content().contains("float32 minus " + precision);
    }

    @Test
    void onnx_runtime_gives_the_classes_and_probabilities_of_our_integers() throws Exception {
        Path file = directory.resolve("integers.onnx");
        assertThat(Outcome.of(
                                new Main(),
                                "--run",
                                run.toString(),
                                "--to",
                                "onnx",
                                "--precision",
                                "int8",
                                "--out",
                                file.toString())
                        .status())
                .isZero();
        RunDirectory opened = RunDirectory.open(run);
        ImageSet images = TrainedRun.testImages();
        Scores ours = TrainedModel.load(opened, ModelChoice.last(), InferenceDevice.open(INT8, 1))
                .probabilities(images);

        int equal = 0;
        double sum = 0;
        double worst = 0;
        int at = 0;
        try (OnnxSession session = new OnnxSession(file)) {
            ImageBatches batches =
                    ImageBatches.inOrder(images, opened.spec().data().input());
            while (batches.hasNext()) {
                try (Batch batch = batches.next()) {
                    for (float[] theirs : session.probabilities(
                            batch.images().data().asFloat(), batch.images().shape())) {
                        equal += Inference.highest(theirs) == ours.predicted(at) ? 1 : 0;
                        for (int c = 0; c < theirs.length; c++) {
                            double difference = Math.abs(theirs[c] - ours.score(at, c));
                            sum += difference / theirs.length;
                            worst = Math.max(worst, difference);
                        }
                        at++;
                    }
                }
            }
        }
        // ONNX Runtime also rounds what is added to a shortcut, to 1/127 of its range. Measured: 0.16, for an image
        // between
        // two classes.
        assertThat(equal).isGreaterThanOrEqualTo(at * 97 / 100);
        assertThat(sum / at).isLessThan(0.01);
        assertThat(worst).isLessThan(0.3);
        assertThat(Files.size(file)).isLessThan(Files.size(run.resolve("last.safetensors")) / 3);
    }

    @Test
    void ranges_are_kept_with_the_run_and_made_again_for_other_weights() throws IOException {
        Path file = RunDirectory.open(run).rangesFile(SavedModel.LAST);
        Files.deleteIfExists(file);
        ClassifierOptions options = ClassifierOptions.DEFAULT.withInference(INT8);
        Classifier.open(run, options).close();
        String made = Files.readString(file);
        assertThat(made).contains("\"images\":512");

        Files.writeString(file, made.replaceFirst("[0-9a-f]{64}", "0".repeat(64)));
        Classifier.open(run, options).close();
        assertThat(file).hasContent(made);
    }

    @Test
    void damaged_ranges_are_an_error_that_names_their_file() throws IOException {
        Path file = RunDirectory.open(run).rangesFile(SavedModel.BEST);
        String[] args = {"--run", run.toString(), "--checkpoint", "best", "--precision", "int8"};
        assertThat(Outcome.of(new io.residual.evaluation.Main(), args).status()).isZero();
        String made = Files.readString(file);
        for (String damaged : new String[] {
            made.substring(0, 200),
            made.replaceFirst(":[0-9.]+,", ":-1.0,"),
            made.replaceFirst("\"stem.relu\"", "\"stem\""),
            "null"
        }) {
            Files.writeString(file, damaged);
            Outcome outcome = Outcome.of(new io.residual.evaluation.Main(), args);
            assertThat(outcome.status()).as(damaged).isEqualTo(ExitStatus.RUN.code());
            assertThat(outcome.err())
                    .startsWith("error: " + file)
                    .contains("delete it")
                    .hasLineCount(1);
        }
        Files.delete(file);
    }

    @Test
    void kernels_without_a_precision_compute_in_float32() throws IOException {
        JsonNode json = evaluate("--kernels", "stock", "--precision", "int8");

        assertThat(json.get("precision").textValue()).isEqualTo("float32");
        assertThat(json.has("float32")).isFalse();
    }

    @Test
    void a_format_without_a_precision_is_refused() {
        for (String[] wrong : new String[][] {{"onnx", "bf16"}, {"safetensors", "int8"}, {"safetensors", "bf16"}}) {
            Outcome outcome = Outcome.of(
                    new Main(), "--run", run.toString(), "--to", wrong[0], "--precision", wrong[1], "--out", "x");
            assertThat(outcome.status()).isEqualTo(ExitStatus.USAGE.code());
            assertThat(outcome.err()).contains("--precision " + wrong[1] + ": ONNX models are exported in");
        }
    }
}
