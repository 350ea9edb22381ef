package io.residual.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.residual.core.graph.ResNetGraph;
import io.residual.core.safetensors.SafetensorsFile;
import io.residual.core.weights.ModuleNaming;
import io.residual.core.weights.NetworkWeights;
import io.residual.onednn.OneDnn;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Sgd;

/** The README's examples, compiled and run, and the README shows exactly them. */
class ReadmeExampleTest {
    @TempDir
    private Path directory;

    @Test
    @SuppressWarnings("SystemOut")
    void the_networks_work_in_a_program_of_your_own() throws IOException {
        Path file = directory.resolve("model.safetensors");
        // example: QuickStart
        ResNetSpec spec = ResNetSpec.resNet(18, Flavour.TORCHVISION)
                .withInput(new ImageShape(3, 64, 64))
                .withClasses(5);
        System.out.print(ShapeTable.of(spec)); // piece, output shape, parameters

        ComputationGraph graph = new ComputationGraph(ResNetGraph.configuration(spec, new Sgd(0.05), 42));
        graph.init();
        INDArray probabilities = graph.outputSingle(Nd4j.rand(2, 3, 64, 64)); // [2, 5]

        // torch: net.load_state_dict(load_file(file))
        NetworkWeights.write(file, graph, spec, ModuleNaming.TORCHVISION);
        NetworkWeights.load(SafetensorsFile.read(file), graph, spec, ModuleNaming.TORCHVISION);
        // end
        assertThat(probabilities.shape()).containsExactly(2, 5);
        assertThat(SafetensorsFile.read(file).floats("fc.bias", 5)).hasSize(5);
    }

    @Test
    void a_graph_runs_on_onednn_in_three_lines() {
        ComputationGraphConfiguration configuration = ResNetGraph.configuration(
                ResNetSpec.resNet(18, Flavour.BOOK).withWidth(4).withInput(new ImageShape(1, 28, 28)),
                new Sgd(0.05),
                1);
        DataSet data = new DataSet(Nd4j.rand(4, 1, 28, 28), Nd4j.eye(10).getRows(1, 2, 5, 7));
        // example: ThreeLines
        ComputationGraph graph = new ComputationGraph(OneDnn.accelerate(configuration));
        graph.init();
        graph.fit(data);
        // end
        assertThat(graph.score()).isPositive();
    }

    @ParameterizedTest
    @ValueSource(strings = {"QuickStart", "ThreeLines"})
    void the_readme_shows_the_code_above(String example) throws IOException {
        List<String> here = between(
                Files.readAllLines(Path.of("src/test/java/io/residual/core/ReadmeExampleTest.java")),
                "// example: " + example,
                "// end");
        List<String> readme = between(
                Files.readAllLines(Path.of("../README.md")), "<!-- example: " + example + " -->", "<!-- end -->");

        assertThat(readme.subList(1, readme.size() - 1).stream().collect(Collectors.joining("\n")))
                .isEqualTo(here.stream().collect(Collectors.joining("\n")).stripIndent());
    }

    private static List<String> between(List<String> lines, String start, String end) {
        List<String> stripped = lines.stream().map(String::strip).toList();
        int from = stripped.indexOf(start) + 1;
        assertThat(from).as(start).isPositive();
        int length = stripped.subList(from, lines.size()).indexOf(end);
        return lines.subList(from, from + length);
    }
}
