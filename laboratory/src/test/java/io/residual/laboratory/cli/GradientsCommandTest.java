package io.residual.laboratory.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.residual.laboratory.Main;
import io.residual.training.cli.CommandRunner;
import io.residual.training.cli.ExitStatus;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("slow")
class GradientsCommandTest {
    @TempDir
    private Path folder;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    private int run(String... options) {
        String[] arguments = Stream.concat(
                        Stream.of("gradients", "--data", "sample", "--out", folder.toString()), Stream.of(options))
                .toArray(String[]::new);
        return CommandRunner.run(new Main(), new PrintWriter(out), new PrintWriter(err), arguments);
    }

    @Test
    void twins_are_measured_along_the_same_steps_and_every_figure_is_in_the_files() throws IOException {
        int status = run("--depth", "8,14", "--width", "4", "--steps", "4", "--batches", "1", "--batch-size", "16");

        assertThat(err.toString()).isEmpty();
        assertThat(status).isEqualTo(ExitStatus.OK.code());
        JsonNode json =
                new ObjectMapper().readTree(folder.resolve("gradients.json").toFile());
        assertThat(json.get("trajectories").findValuesAsText("name"))
                .containsExactly("ResNet-8", "plain 8", "ResNet-14", "plain 14");
        JsonNode plain = json.get("trajectories").get(3);
        assertThat(plain.get("snapshots").findValuesAsText("moment"))
                .containsExactly("start", "step 1", "step 2", "step 4");
        assertThat(plain.get("losses")).hasSize(5);
        for (JsonNode snapshot : plain.get("snapshots")) {
            for (JsonNode parameter : snapshot.get("parameters")) {
                // A shift and a bias begin at zero: there is nothing that the first step could be a share of.
                boolean defined = parameter.get("norm").asDouble() > 0;
                assertThat(parameter.get("updateRatio").asDouble(0) > 0)
                        .as("update of %s %s", parameter.get("vertex"), parameter.get("key"))
                        .isEqualTo(defined);
            }
            assertThat(snapshot.get("blocks"))
                    .hasSize(6)
                    .allSatisfy(block ->
                            assertThat(block.get("shortcutNorm").isNull()).isTrue());
        }
        List<String> rows = Files.readAllLines(folder.resolve("parameters.csv"));
        // 4 moments of 2 twins; a convolution, a scale and a shift a layer, and the dense layer's weight and bias.
        assertThat(rows).hasSize(1 + 4 * 2 * (7 * 3 + 2) + 4 * 2 * (13 * 3 + 2));
        assertThat(rows).allSatisfy(row -> assertThat(row.split(",", -1)).hasSize(23));
        assertThat(Files.readString(folder.resolve("gradients.html")))
                .contains("From the last convolution of plain 14 back to the first")
                .contains("What the shortcut contributes");
    }

    @Test
    void a_run_is_measured_at_its_start_and_as_it_was_kept() throws IOException {
        Path run = folder.resolve("run");
        String[] training = ("--preset resnet20 --data sample --depth 8 --width 4 --epochs 1 --batch-size 64 --run "
                        + run)
                .split(" ", -1);
        assertThat(CommandRunner.run(
                        new io.residual.training.cli.Main(), new PrintWriter(out), new PrintWriter(err), training))
                .isEqualTo(ExitStatus.OK.code());
        int status = CommandRunner.run(
                new Main(),
                new PrintWriter(out),
                new PrintWriter(err),
                ("gradients --batches 1 --run " + run + " --out " + folder).split(" ", -1));

        assertThat(err.toString()).isEmpty();
        assertThat(status).isEqualTo(ExitStatus.OK.code());
        JsonNode json =
                new ObjectMapper().readTree(folder.resolve("gradients.json").toFile());
        JsonNode snapshots = json.at("/trajectories/0/snapshots");
        assertThat(snapshots.findValuesAsText("moment")).containsExactly("start", "best epoch", "last epoch");
        // A single epoch is the best and the last, and has learnt something.
        assertThat(snapshots.at("/1/loss")).isEqualTo(snapshots.at("/2/loss"));
        assertThat(snapshots.at("/2/loss").asDouble())
                .isLessThan(snapshots.at("/0/loss").asDouble());
    }

    @Test
    void a_depth_that_there_is_not_is_refused_with_the_nearest_ones() {
        assertThat(run("--depth", "20,57")).isEqualTo(ExitStatus.USAGE.code());
        assertThat(err.toString()).contains("got 57: the nearest are 56 and 62");
    }

    @Test
    void a_run_has_its_network_already() {
        assertThat(run("--run", "runs/first", "--depth", "20")).isEqualTo(ExitStatus.USAGE.code());
        assertThat(err.toString())
                .isEqualToIgnoringNewLines("error: --depth: give it without --run: a run has its network already");
    }

    @Test
    void no_batches_are_none() {
        assertThat(run("--batches", "0")).isEqualTo(ExitStatus.USAGE.code());
        assertThat(err.toString()).isEqualToIgnoringNewLines("error: --batches: must be at least 1, got 0");
    }
}
