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
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LandscapeCommandTest {
    @TempDir
    private Path folder;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    private int run(String options) {
        String[] arguments = ("landscape --data sample --out " + folder + " " + options).split(" ", -1);
        return CommandRunner.run(new Main(), new PrintWriter(out), new PrintWriter(err), arguments);
    }

    @Test
    @Tag("slow")
    void twins_are_trained_for_some_steps_and_every_loss_is_in_the_files() throws IOException {
        int status = run("--depth 8 --width 2 --batch-size 16 --steps 2 --grid 3 --reach 0.25 --images 20");

        assertThat(err.toString()).isEmpty();
        assertThat(status).isEqualTo(ExitStatus.OK.code());
        JsonNode json =
                new ObjectMapper().readTree(folder.resolve("landscape.json").toFile());
        assertThat(json.fieldNames()).toIterable().containsExactly("command", "images", "versions", "landscapes");
        JsonNode plain = json.get("landscapes").get(1);
        assertThat(plain.fieldNames())
                .toIterable()
                .containsExactly("subject", "training", "accuracy", "places", "losses");
        assertThat(plain.at("/subject/name").textValue()).isEqualTo("plain 8");
        assertThat(plain.get("training").textValue()).isEqualTo("2 steps");
        assertThat(plain.get("places").toString()).isEqualTo("[-0.25,0.0,0.25]");
        List<String> rows = Files.readAllLines(folder.resolve("landscape.csv"));
        assertThat(rows).hasSize(1 + 2 * 9).startsWith("network,depth,shortcuts,seed,first,second,loss");
        assertThat(rows.get(10))
                .startsWith("plain 8,8,NONE," + plain.at("/subject/seed") + ",-0.25,-0.25,")
                .endsWith("," + plain.at("/losses/0/0"));
        assertThat(Files.readString(folder.resolve("landscape.html"))).contains("After 2 steps");
    }

    @Test
    void an_even_grid_has_no_middle() {
        assertThat(run("--grid 4")).isEqualTo(ExitStatus.USAGE.code());
        assertThat(err.toString()).isEqualToIgnoringNewLines("error: --grid: must be odd and at least 3, got 4");
    }

    @Test
    void a_run_has_its_network_and_images_already() {
        assertThat(run("--run runs/first --steps 20")).isEqualTo(ExitStatus.USAGE.code());
        assertThat(err.toString())
                .isEqualToIgnoringNewLines(
                        "error: --steps: give it without --run: a run has its network and its images already");
    }
}
