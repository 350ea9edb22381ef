package io.residual.training.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Commands that cannot succeed end before they have made anything. */
class CheckedFirstTest {
    @TempDir
    private Path directory;

    private final StringWriter errors = new StringWriter();

    @Test
    void a_mean_of_three_channels_for_grey_images_leaves_nothing_and_the_corrected_command_trains() {
        Path run = directory.resolve("deep/run");

        assertThat(train("--run", run.toString(), "--mean", "0.485,0.456,0.406", "--std", "0.2"))
                .isEqualTo(ExitStatus.USAGE.code());

        assertThat(errors.toString().strip())
                .endsWith("mean: 0.485,0.456,0.406 are numbers for 3 channels, the images have one (grey): give one"
                        + " number, or read them in colour");
        assertThat(run.getParent()).doesNotExist();
        assertThat(train("--run", run.toString())).isZero();
    }

    @Test
    void class_weights_of_another_number_of_classes_leave_nothing() throws IOException {
        assertThat(train("--run", directory.resolve("run").toString(), "--class-weights", "1,2,3"))
                .isEqualTo(ExitStatus.USAGE.code());

        assertThat(errors.toString().strip())
                .startsWith("error: classWeights: 3 weights for 10 classes: give one for each of T-shirt/top, Trouser");
        assertThat(files()).isEmpty();
    }

    @Test
    void class_weights_of_another_number_of_classes_are_the_error_also_where_memory_is_short() throws IOException {
        for (String batch : List.of("16", "auto")) {
            assertThat(train(
                            "--run",
                            directory.resolve("run").toString(),
                            "--class-weights",
                            "1,2,3",
                            "--batch-size",
                            batch,
                            "--memory",
                            "0.001"))
                    .isEqualTo(ExitStatus.USAGE.code());

            assertThat(errors.toString()).startsWith("error: classWeights: 3 weights for 10 classes: ");
        }
        assertThat(files()).isEmpty();
    }

    @Test
    void weights_to_start_from_that_are_not_there_leave_nothing() throws IOException {
        Path run = directory.resolve("run");

        assertThat(train(
                        "--run",
                        run.toString(),
                        "--start-from",
                        directory.resolve("none.safetensors").toString()))
                .isEqualTo(ExitStatus.DATA.code());

        assertThat(files()).isEmpty();
    }

    @Test
    void a_folder_of_somebody_elses_gets_no_lock() throws IOException {
        Path notes = Files.writeString(directory.resolve("notes.txt"), "mine");

        assertThat(train("--run", directory.toString())).isEqualTo(ExitStatus.RUN.code());

        assertThat(files()).containsExactly(notes);
    }

    @Test
    void a_plot_into_a_folder_that_is_not_there_is_refused_before_the_first_step() throws IOException {
        Path plot = directory.resolve("none/rates.svg");

        assertThat(train("--find-learning-rate", plot.toString())).isEqualTo(ExitStatus.RUN.code());

        assertThat(errors)
                .hasToString(
                        "error: " + plot + ": cannot be written: there is no directory " + plot.getParent() + "\n");
        assertThat(files()).isEmpty();
    }

    private int train(String... more) {
        errors.getBuffer().setLength(0);
        List<String> args = new ArrayList<>(List.of("--preset", "quick", "--width", "2", "--epochs", "1"));
        args.addAll(List.of(more));
        PrintWriter out = new PrintWriter(new StringWriter());
        return CommandRunner.run(new Main(), out, new PrintWriter(errors, true), args.toArray(String[]::new));
    }

    private List<Path> files() throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.toList();
        }
    }
}
