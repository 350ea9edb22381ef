package io.residual.tuning;

import static org.assertj.core.api.Assertions.assertThat;

import io.residual.core.files.FileLock;
import io.residual.training.cli.CommandRunner;
import io.residual.training.cli.ExitStatus;
import io.residual.tuning.trials.SweepDatabase;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MainTest {
    @TempDir
    Path directory;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    private int run(String... arguments) {
        return CommandRunner.run(new Main(), new PrintWriter(out), new PrintWriter(err), arguments);
    }

    @Test
    void help_groups_the_options_and_shows_their_defaults() {
        assertThat(run("--help")).isEqualTo(ExitStatus.OK.code());
        assertThat(out.toString())
                .containsSubsequence(
                        "--dir=DIR",
                        "Search:",
                        "--sweep=NAME|FILE.yaml",
                        "--data=",
                        "--trials=COUNT",
                        "--time=TIME",
                        "--confirm=K[xN]|none",
                        "Run:",
                        "--workers=COUNT",
                        "(default: 1;",
                        "--resume",
                        "Report:",
                        "--serve");
    }

    @Test
    void data_that_no_preset_could_name_are_refused_before_the_directory_is_touched() {
        assertThat(run(
                        "--sweep",
                        "lr-cosine",
                        "--dir",
                        directory.resolve("sweep").toString(),
                        "--data",
                        "images:"))
                .isEqualTo(ExitStatus.USAGE.code());
        assertThat(err.toString()).contains("data");
        assertThat(directory.resolve("sweep")).doesNotExist();
    }

    @Test
    void settings_that_do_not_fit_the_images_are_refused_before_the_directory_is_touched() throws IOException {
        Path sweep = Files.writeString(directory.resolve("grey.yaml"), """
            base: quick
            overrides: {data: sample, mean: "0.485,0.456,0.406"}
            space: {learningRate: {uniform: [0.01, 0.1]}}
            searcher: random
            budget: {trials: 2}
            objective: validationAccuracy
            """);

        assertThat(run(
                        "--sweep",
                        sweep.toString(),
                        "--dir",
                        directory.resolve("sweep").toString()))
                .isEqualTo(ExitStatus.USAGE.code());
        assertThat(err.toString())
                .contains("mean: 0.485,0.456,0.406 are numbers for 3 channels, the images have one (grey)");
        assertThat(directory.resolve("sweep")).doesNotExist();
    }

    @Test
    void a_plan_to_confirm_that_is_none_or_asks_for_too_much_is_refused_before_the_directory_is_touched() {
        Path sweep = directory.resolve("sweep");
        assertThat(run("--sweep", "lr-cosine", "--data", "sample", "--dir", sweep.toString(), "--confirm", "3x"))
                .isEqualTo(ExitStatus.USAGE.code());
        assertThat(err.toString()).contains("--confirm: expected trials and seeds such as 3x5");

        assertThat(run("--sweep", "lr-cosine", "--data", "sample", "--dir", sweep.toString(), "--trials", "2"))
                .isEqualTo(ExitStatus.USAGE.code());
        assertThat(err.toString()).contains("confirm: 3x3 trains 3 trials again, but there are only 2 in the budget");
        assertThat(sweep).doesNotExist();
    }

    @Test
    void a_directory_with_a_sweep_is_resumed_or_left() {
        try (FileLock lock = SweepDatabase.lock(directory)) {
            SweepDatabase.create(lock, "", "", Optional.empty()).close();
        }

        assertThat(run("--sweep", "lr-cosine", "--dir", directory.toString())).isEqualTo(ExitStatus.RUN.code());
        assertThat(err.toString())
                .isEqualToIgnoringNewLines("error: " + directory
                        + ": a sweep was started here: continue it with --resume, or give another --dir");
    }

    @Test
    void a_directory_without_a_sweep_cannot_be_resumed() {
        assertThat(run("--resume", "--dir", directory.toString())).isEqualTo(ExitStatus.RUN.code());
        assertThat(err.toString()).contains("no sweep was started here: give --sweep FILE.yaml without --resume");
    }

    @Test
    void a_command_without_anything_to_do_says_what_it_can_do() {
        assertThat(run("--dir", directory.toString())).isEqualTo(ExitStatus.USAGE.code());
        assertThat(err.toString())
                .contains("give --sweep with one of depth-width, image-size, lr-cosine or a YAML file, --resume");
    }
}
