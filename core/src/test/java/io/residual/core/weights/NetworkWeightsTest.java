package io.residual.core.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.residual.core.Flavour;
import io.residual.core.ImageShape;
import io.residual.core.ResNetSpec;
import io.residual.core.graph.ResNetGraph;
import io.residual.core.safetensors.SafetensorsException;
import io.residual.core.safetensors.SafetensorsFile;
import java.io.IOException;
import java.nio.file.Path;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.learning.config.Sgd;

class NetworkWeightsTest {
    private final ResNetSpec spec = ResNetSpec.resNet(18, Flavour.TORCHVISION)
            .withWidth(4)
            .withInput(new ImageShape(1, 28, 28))
            .withClasses(7);

    @TempDir
    private Path directory;

    @Test
    void weights_that_were_written_load_bit_for_bit_into_a_network_of_another_seed() throws IOException {
        Path file = directory.resolve("model.safetensors");
        ComputationGraph written = graph(spec, 1);
        ComputationGraph loaded = graph(spec, 2);
        assertThat(loaded.params()).isNotEqualTo(written.params());

        NetworkWeights.write(file, written, spec, ModuleNaming.TORCHVISION);
        NetworkWeights.load(SafetensorsFile.read(file), loaded, spec, ModuleNaming.TORCHVISION);

        assertThat(loaded.params().toFloatVector()).isEqualTo(written.params().toFloatVector());
    }

    @Test
    void the_dense_weight_is_stored_as_pytorch_lays_it_out() throws IOException {
        Path file = directory.resolve("model.safetensors");
        ComputationGraph graph = graph(spec, 1);
        NetworkWeights.write(file, graph, spec, ModuleNaming.TORCHVISION);

        assertThat(SafetensorsFile.read(file).floats("fc.weight", 7, 32)[32 + 5])
                .isEqualTo(graph.getParam("fc_W").getFloat(5, 1));
    }

    @Test
    void weights_of_another_network_are_refused_and_change_nothing() throws IOException {
        Path file = directory.resolve("other.safetensors");
        ComputationGraph graph = graph(spec, 1);
        INDArray before = graph.params().dup();

        write(file, spec.withClasses(9));
        assertThatThrownBy(() -> load(file, graph))
                .isInstanceOf(SafetensorsException.class)
                .hasMessageContaining("fc.weight")
                .hasMessageContaining("[7, 32]")
                .hasMessageContaining("[9, 32]");

        write(file, spec.plainTwin());
        assertThatThrownBy(() -> load(file, graph)).hasMessageContaining("layer2.0.downsample.0.weight");

        write(file, deeper());
        assertThatThrownBy(() -> load(file, graph))
                .hasMessage(file + ": does not fit the network: 80 tensors are unexpected: layer1.2.bn1.bias,"
                        + " layer1.2.bn1.running_mean, layer1.2.bn1.running_var, ...");
        assertThat(graph.params()).isEqualTo(before);
    }

    private ResNetSpec deeper() {
        return ResNetSpec.resNet(34, Flavour.TORCHVISION)
                .withWidth(4)
                .withInput(spec.input())
                .withClasses(7);
    }

    private static void write(Path file, ResNetSpec spec) throws IOException {
        NetworkWeights.write(file, graph(spec, 3), spec, ModuleNaming.TORCHVISION);
    }

    private void load(Path file, ComputationGraph graph) throws IOException {
        NetworkWeights.load(SafetensorsFile.read(file), graph, spec, ModuleNaming.TORCHVISION);
    }

    private static ComputationGraph graph(ResNetSpec spec, long seed) {
        ComputationGraph graph = new ComputationGraph(ResNetGraph.configuration(spec, new Sgd(0.05), seed));
        graph.init();
        return graph;
    }
}
