package io.residual.training;

import static org.assertj.core.api.Assertions.assertThat;

import io.residual.training.cli.CommandRunner;
import io.residual.training.cli.ExitStatus;
import io.residual.training.cli.Main;
import io.residual.training.loop.EpochMetrics;
import io.residual.training.run.RunDirectory;
import io.residual.training.run.SavedModel;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a recipe does to whole runs of a narrow network on the sample. */
@Tag("slow")
class RecipeRunTest {
    @TempDir
    Path directory;

    @Test
    void averaged_weights_are_scored_beside_the_raw_ones_and_kept() throws IOException {
        train("--run", directory.resolve("plain").toString());
        train("--run", directory.resolve("averaged").toString(), "--ema-decay", "0.99");
        RunDirectory plain = RunDirectory.open(directory.resolve("plain"));
        RunDirectory averaged = RunDirectory.open(directory.resolve("averaged"));
        EpochMetrics epoch = averaged.epochs().get(1);

        assertThat(epoch.rawValidationLoss()).isEqualTo(plain.epochs().get(1).validationLoss());
        assertThat(epoch.validationLoss()).isNotEqualTo(epoch.rawValidationLoss());
        assertThat(Files.mismatch(averaged.modelFile(SavedModel.LAST), plain.modelFile(SavedModel.LAST)))
                .isNotEqualTo(-1);
    }

    @Test
    void a_run_of_averages_and_groups_of_batches_resumes_with_the_same_bytes() {
        requireSameBytesInParts(
                "--ema-decay",
                "0.9",
                "--optimiser",
                "nesterov",
                "--momentum",
                "0.9",
                "--accumulation",
                "2",
                "--mixup",
                "0.3",
                "--schedule",
                "one-cycle",
                "--class-weights",
                "1,2,3,4,5,6,7,8,9,10",
                "--sampler",
                "balanced",
                "--focal-gamma",
                "0.5",
                "--erase",
                "0.5");
    }

    @Test
    void a_run_of_muon_resumes_with_the_same_bytes() {
        requireSameBytesInParts(
                "--optimiser", "muon", "--momentum", "0.9", "--weight-decay", "0.0005", "--rate-factor", "0.9");
    }

    @Test
    void a_run_whose_last_epoch_leaves_out_what_is_learnt_resumes_with_the_same_bytes() {
        requireSameBytesInParts("--skip-learnt", "0.5");

        train("--run", directory.resolve("plain").toString());
        assertThat(directory.resolve("plain/last.safetensors"))
                .as("the option changes the last epoch")
                .isRegularFile()
                .satisfies(plain -> assertThat(Files.mismatch(plain, directory.resolve("whole/last.safetensors")))
                        .isNotEqualTo(-1));
    }

    private void requireSameBytesInParts(String... recipe) {
        train(recipe, "--run", directory.resolve("whole").toString());
        Path parts = directory.resolve("parts");
        assertThat(train(recipe, "--run", parts.toString(), "--stop-after", "1"))
                .contains("Stopped after epoch 1 of 2. Resume with: ./residual train --resume --run " + parts);
        assertThat(train(recipe, "--run", parts.toString())).startsWith("Model and metrics: " + parts);

        assertThat(directory.resolve("parts/last.safetensors"))
                .hasSameBinaryContentAs(directory.resolve("whole/last.safetensors"));
    }

    @Test
    void a_run_that_gets_no_better_ends_early_and_stays_ended() {
        String run = directory.resolve("still").toString();
        String[] still = {"--epochs", "9", "--patience", "2", "--learning-rate", "1e-9", "--run", run};

        assertThat(train(still)).contains("Stopped early: validation accuracy has not improved for 2 epochs");
        List<EpochMetrics> epochs = RunDirectory.open(Path.of(run)).epochs();
        assertThat(train(still)).contains("Stopped early");
        assertThat(RunDirectory.open(Path.of(run)).epochs()).isEqualTo(epochs).hasSizeLessThan(9);
    }

    @Test
    void seeds_have_runs_of_their_own_and_a_summary() throws IOException {
        String text = train("--seeds", "2", "--seed", "4", "--run", directory.toString(), "--epochs", "1");

        assertThat(text)
                .containsPattern("Validation accuracy of 2 seeds: mean 0\\.\\d{4}, standard deviation 0\\.\\d{4}");
        assertThat(RunDirectory.open(directory.resolve("seed-5")).spec().seed()).isEqualTo(5);
        assertThat(Files.readString(directory.resolve("summary.json"))).contains("\"directory\" : \"seed-4\"");
    }

    @Test
    void a_schedule_is_drawn_without_a_run() throws IOException {
        Path picture = directory.resolve("rate.svg");
        train("--plot-schedule", picture.toString(), "--schedule", "cosine", "--warmup-epochs", "1");

        assertThat(Files.readString(picture)).contains("<svg", "learning rate");
        assertThat(directory)
                .isDirectoryContaining(file -> file.equals(picture))
                .isDirectoryNotContaining("glob:**runs");
    }

    @Test
    void a_range_test_suggests_a_rate_that_trains_and_leaves_no_run() throws IOException {
        Path picture = directory.resolve("finder.svg");
        String text = train("--find-learning-rate", picture.toString());
        double suggestion = Double.parseDouble(text.replaceFirst("(?s).*Try: --learning-rate ([0-9.e+-]+).*", "$1"));

        assertThat(suggestion).isBetween(1e-4, 1.0);
        assertThat(Files.readString(picture)).contains("<svg", "suggestion");
        try (var files = Files.list(directory)) {
            assertThat(files).containsExactly(picture);
        }
    }

    /** Each update at its own rate, however many batches it is made of: else the test would end before the rates that fail. */
    @ParameterizedTest
    @ValueSource(ints = 8)
    void a_range_test_with_accumulation_suggests_about_the_same_rate(int accumulation) throws IOException {
        Path picture = directory.resolve("finder.svg");
        String text = train(
                "--batch-size",
                "4",
                "--accumulation",
                String.valueOf(accumulation),
                "--find-learning-rate",
                picture.toString());
        double suggestion = Double.parseDouble(text.replaceFirst("(?s).*Try: --learning-rate ([0-9.e+-]+).*", "$1"));
        double lowest = Double.parseDouble(text.replaceFirst("(?s).*lowest at ([0-9.e+-]+)\\. Try.*", "$1"));

        assertThat(suggestion).isBetween(1e-4, 0.5);
        assertThat(lowest).isCloseTo(10 * suggestion, Percentage.withPercentage(6));
    }

    @Test
    void bf16_without_onednn_is_a_usage_error() {
        StringWriter text = new StringWriter();
        PrintWriter out = new PrintWriter(text);

        assertThat(CommandRunner.run(
                        new Main(), out, out, "--precision", "bf16", "--kernels", "stock", "--run", directory + "/run"))
                .isEqualTo(ExitStatus.USAGE.code());
        assertThat(text.toString()).startsWith("error: precision bf16: only oneDNN computes in bf16");
    }

    private static String train(String... more) {
        return train(new String[0], more);
    }

    private static String train(String[] recipe, String... more) {
        List<String> arguments = new ArrayList<>(List.of(
                "--preset", "quick", "--width", "4", "--epochs", "2", "--batch-size", "64", "--learning-rate", "0.05"));
        List<String> given = new ArrayList<>(Arrays.asList(recipe));
        given.addAll(Arrays.asList(more));
        for (int i = 0; i < given.size(); i += 2) {
            int at = arguments.indexOf(given.get(i));
            if (at >= 0) {
                arguments.set(at + 1, given.get(i + 1));
            } else {
                arguments.addAll(given.subList(i, i + 2));
            }
        }
        StringWriter text = new StringWriter();
        PrintWriter out = new PrintWriter(text);
        assertThat(CommandRunner.run(new Main(), out, out, arguments.toArray(String[]::new)))
                .as(text.toString())
                .isZero();
        return text.toString();
    }
}
