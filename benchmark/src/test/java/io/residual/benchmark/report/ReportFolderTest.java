package io.residual.benchmark.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.residual.core.ResidualException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.w3c.dom.Document;
import org.w3c.dom.NodeList;

class ReportFolderTest {
    @TempDir
    Path folder;

    private String text = "";

    @BeforeEach
    void write() throws IOException {
        text = new ReportFolder(folder.resolve("deep/er")).write(Fixture.results());
    }

    @Test
    void the_terminal_gets_aligned_tables_and_what_was_not_measured() {
        assertThat(text)
                .startsWith("""
                    Within a precision
                    case             precision    this project    PyTorch  ratio  ONNX Runtime  ratio
                    training 28x256  float32    700 (residual)  440 (djl)   1.43           n/a    n/a
                    """)
                .contains("""
                    Training of ResNet-18, 28 x 28 pixels, batch 256
                    program   precision  images/s    min - max  x best PyTorch  x stock  of conv limit  of peak   memory
                    residual  float32         700    600 - 800            1.43    13.00           55 %     35 %  2.50 GB
                    djl       float32         440    400 - 480            0.90     8.00           37 %     22 %  3.10 GB
                    """)
                .contains("stock     float32        55.0  50.0 - 60.0")
                .contains("The convolutions alone: 1300 images/s (1000 - 1600).")
                .contains("djl-malloc: no library (not measured: training 28x256, inference 28x256)\n")
                .endsWith("a known piece of work at most 1.00 times its median time.\n");
    }

    @Test
    void the_page_has_a_table_for_each_task_and_says_what_was_set() throws IOException {
        assertThat(read("benchmark.md"))
                .contains("Abacus <3> & Sons, 5 cores, 16.00 GB of memory, Linux 6.1 amd64, OpenJDK 17.")
                .contains("| residual | float32 | 700 | 600 - 800 | 1.43 | 13.00 | 55 % | 35 % | 2.50 GB |")
                .contains("## Inference of ResNet-18, 28 x 28 pixels, batch 256")
                .contains("| residual | float32 | 3000 | 3000 - 3000 | n/a | n/a | 47 % | ")
                .containsOnlyOnce(
                        "11,178,378 parameters; 33.0 million multiply-adds for an image forward, 98.4 million in"
                                + " training")
                .contains("at least 3 steps\n  and 2 s of warm-up, over at least 4 steps and 7 s")
                .contains("- **djl**: About djl. Lib 1.1, Lib 1.2.  \n  `A=1 B=2 /bin/p`")
                .contains("| djl | 28x256 | 11,178,378 | 2.5e-07 | 3.0e-05 | same |")
                .contains("| djl | 28x64 | 11,178,378 | 1.0e-07 | 1.0e-05 | same |")
                .contains("- djl-malloc: no library (not measured: training 28x256, inference 28x256)");
    }

    @Test
    void precisions_are_compared_apart_and_then_the_fastest_of_any() throws IOException {
        new ReportFolder(folder.resolve("deep/er")).write(Fixture.inSeveralPrecisions());
        assertThat(read("benchmark.md"))
                .contains("## Within a precision")
                .contains("| training 28x256 | float32 | 700 (residual) | 440 (djl) | 1.43 | n/a | n/a |")
                .contains("| training 28x256 | bf16 | 1050 (residual-bf16) | 650 (pytorch-bf16) | 2.10 | n/a | n/a |")
                .contains("## The fastest of each side in any precision")
                .contains("| training 28x256 | any | 1050 (residual-bf16) | 650 (pytorch-bf16) | 1.54 | n/a | n/a |")
                .contains("| inference 28x1 | any | 19.8 (residual) | n/a | n/a | 9.9 (onnxruntime) | 2.00 |")
                .contains("| residual-bf16 | bf16 | 1050 | 900 - 1200 | 2.10 | n/a | n/a | n/a | 1.00 GB |")
                .contains("| residual | float32 | 50.50 | 99.66 | n/a | n/a | n/a |");
    }

    @Test
    void a_machine_that_was_not_quiet_is_named_at_the_top() throws IOException {
        assertThat(read("benchmark.md"))
                .contains("The machine was quiet: beside a measurement other processes took at most 0.4 % of the cores")
                .doesNotContain("not quiet**");
        for (double[] disturbance : new double[][] {{0.031, 1}, {0.004, 1.26}}) {
            new ReportFolder(folder.resolve("deep/er")).write(Fixture.disturbed(disturbance[0], disturbance[1]));
            String page = read("benchmark.md");
            assertThat(page)
                    .contains("**The machine was not quiet** during 1 of 9 measurements")
                    .contains("- round 1, training 28x256, residual: others ");
            assertThat(page.indexOf("not quiet**")).isLessThan(page.indexOf("| case |"));
        }
    }

    @Test
    void the_json_holds_every_raw_sample() throws IOException {
        JsonNode json = new ObjectMapper().readTree(read("benchmark.json"));
        assertThat(json.at("/measured")).hasSize(9);
        assertThat(json.at("/measured/1/answer/iterationSeconds/1").asDouble()).isEqualTo(9 * 256 / 50.0);
        assertThat(json.at("/measured/4/round").asInt()).isEqualTo(2);
        assertThat(json.at("/measured/4/task").asText()).isEqualTo("TRAIN");
        assertThat(json.at("/machine/processor").asText()).isEqualTo("Abacus <3> & Sons");
        assertThat(json.at("/contestants/2/settings").asText()).isEqualTo("A=1 B=2 /bin/p");
        assertThat(json.at("/limits/1/limits/convolutions/0/path").asText()).isEqualTo("stem.conv");
        assertThat(json.at("/absent/0/reason").asText()).isEqualTo("no library");
        assertThat(json.at("/standings/0/rows/0/toStock").asDouble()).isEqualTo(13.0);
    }

    @Test
    void each_case_and_task_has_a_chart_that_is_well_formed_and_described_in_words() throws Exception {
        Document svg = chart("training-28x256.svg");
        assertThat(svg.getDocumentElement().getAttribute("role")).isEqualTo("img");
        assertThat(svg.getElementsByTagName("title").item(0).getTextContent())
                .isEqualTo("ResNet-18 training, 28 px, batch 256, images/s");
        assertThat(svg.getElementsByTagName("desc").item(0).getTextContent()).contains(": residual 700, djl 440,");
        NodeList bars = svg.getElementsByTagName("rect");
        assertThat(bars.getLength()).isEqualTo(1 + 4 + 1); // background, contestants, the convolutions alone
        double residual = width(bars, 1);
        double stock = width(bars, 4);
        assertThat(residual / stock).isCloseTo(700 / 55.0, within(0.1));
        assertThat(chart("inference-28x256.svg").getElementsByTagName("rect").getLength())
                .isEqualTo(1 + 1 + 1);
        assertThat(read("benchmark.md"))
                .contains("![ResNet-18 training, 28 px, batch 256, images/s](training-28x256.svg)");
    }

    @Test
    void charts_are_drawn_again_from_the_stored_result() throws Exception {
        String before = read("training-28x256.svg");
        Files.delete(folder.resolve("deep/er/training-28x256.svg"));

        new ReportFolder(folder.resolve("deep/er")).redraw();

        assertThat(read("training-28x256.svg")).isEqualTo(before);
    }

    @Test
    void what_is_not_a_result_is_refused() throws IOException {
        Path file = folder.resolve("benchmark.json");
        assertThatThrownBy(() -> new ReportFolder(folder).redraw())
                .isInstanceOf(ResidualException.class)
                .hasMessage(file + " does not exist: give the folder of an earlier benchmark");
        Files.writeString(file, "{\"format\": 1, \"standings\": []}");
        assertThatThrownBy(() -> new ReportFolder(folder).redraw())
                .hasMessage(file + ": expected format 3, got 1: measure again with this program");
        Files.writeString(file, "{\"format\": 3, \"standings\": [{\"pixels\": 3}]}");
        assertThatThrownBy(() -> new ReportFolder(folder).redraw())
                .isInstanceOf(ResidualException.class)
                .hasMessageStartingWith(file + ": not a result of the benchmark: ");
    }

    private Document chart(String file) throws Exception {
        return DocumentBuilderFactory.newInstance()
                .newDocumentBuilder()
                .parse(folder.resolve("deep/er").resolve(file).toFile());
    }

    private static double width(NodeList bars, int index) {
        return Double.parseDouble(
                bars.item(index).getAttributes().getNamedItem("width").getNodeValue());
    }

    private String read(String file) throws IOException {
        return Files.readString(folder.resolve("deep/er").resolve(file));
    }
}
