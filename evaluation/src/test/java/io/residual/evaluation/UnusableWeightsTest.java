package io.residual.evaluation;

import static org.assertj.core.api.Assertions.assertThat;

import io.residual.core.safetensors.SafetensorsFile;
import io.residual.core.safetensors.SafetensorsWriter;
import io.residual.evaluation.predict.TrainedRun;
import io.residual.training.cli.ExitStatus;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Every command that uses a model refuses one that cannot be used, in one line, with exit status 4, and writes nothing. */
@Tag("slow")
class UnusableWeightsTest {
    @TempDir
    private static Path directory;

    private static Path run;
    private static Path pictures;

    @BeforeAll
    static void train() throws IOException {
        run = TrainedRun.in(directory.resolve("run"), "--width", "4", "--epochs", "1");
        pictures = directory.resolve("pictures");
        TrainedRun.writePngs(pictures, 2);
    }

    private static Outcome run(String command, Path weights) {
        String model = weights.toString();
        return switch (command) {
            case "predict" ->
                Outcome.of(
                        new io.residual.evaluation.predict.Main(),
                        "--run",
                        run.toString(),
                        "--checkpoint",
                        model,
                        pictures.toString());
            case "evaluate" ->
                Outcome.of(
                        new Main(),
                        "--run",
                        run.toString(),
                        "--checkpoint",
                        model,
                        "--out",
                        directory.resolve("report").toString());
            default ->
                Outcome.of(
                        new io.residual.evaluation.export.Main(),
                        "--run",
                        run.toString(),
                        "--checkpoint",
                        model,
                        "--to",
                        command,
                        "--out",
                        directory.resolve("model." + command).toString());
        };
    }

    /** The run's weights with one element of a tensor replaced; with all, if the value is finite. */
    private static Path changed(String tensor, float value) throws IOException {
        SafetensorsFile stored = SafetensorsFile.read(run.resolve("last.safetensors"));
        SafetensorsWriter writer = new SafetensorsWriter();
        for (String name : stored.names()) {
            var array = stored.tensor(name).toArray();
            if (name.equals(tensor) && Float.isFinite(value)) {
                array.assign(value);
            } else if (name.equals(tensor)) {
                array.putScalar(1, value);
            }
            writer.array(name, array);
        }
        Path file = directory.resolve("changed.safetensors");
        writer.write(file);
        return file;
    }

    @ParameterizedTest
    @CsvSource({
        "predict, NaN",
        "predict, Infinity",
        "evaluate, NaN",
        "evaluate, Infinity",
        "onnx, NaN",
        "safetensors, NaN"
    })
    void weights_that_are_no_numbers_are_named(String command, float value) throws Exception {
        Path weights = changed("1.0.bn1.bias", value);
        Outcome outcome = run(command, weights);

        assertThat(outcome)
                .isEqualTo(new Outcome(
                        ExitStatus.RUN.code(),
                        "",
                        "error: " + weights + ": tensor '1.0.bn1.bias': element 1 is " + value + ", no finite 32-bit"
                                + " number: the file is damaged, or its training diverged" + System.lineSeparator()));
        assertThat(directory.resolve("model." + command)).doesNotExist();
    }

    @ParameterizedTest
    @ValueSource(strings = {"predict", "evaluate"})
    void weights_that_are_too_large_to_compute_with_are_an_error_of_the_model(String command) throws Exception {
        Outcome outcome = run(command, changed("7.weight", 3e38f));

        assertThat(outcome.status()).as(outcome.err()).isEqualTo(ExitStatus.RUN.code());
        assertThat(outcome.err())
                .contains("the outputs of the model are no numbers")
                .hasLineCount(1);
    }

    @Test
    void no_output_lands_on_the_files_of_the_run() throws Exception {
        Path link = Files.createSymbolicLink(directory.resolve("link"), run);
        for (Path own : List.of(
                run.resolve("last.safetensors"), link.resolve("manifest.json"), run.resolve("../run/metrics.jsonl"))) {
            byte[] before = Files.readAllBytes(own);
            Outcome outcome = Outcome.of(
                    new io.residual.evaluation.export.Main(),
                    "--run",
                    run.toString(),
                    "--to",
                    "safetensors",
                    "--out",
                    own.toString());

            assertThat(outcome.status()).isEqualTo(ExitStatus.USAGE.code());
            assertThat(outcome.err())
                    .isEqualTo("error: " + own + ": a run needs this file, which would be replaced: give another file"
                            + System.lineSeparator());
            assertThat(own).hasBinaryContent(before);
        }
    }
}
