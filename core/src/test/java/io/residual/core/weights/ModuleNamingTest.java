package io.residual.core.weights;

import static org.assertj.core.api.Assertions.assertThat;

import io.residual.core.Flavour;
import io.residual.core.Flavour.Projection;
import io.residual.core.ImageShape;
import io.residual.core.ResNetSpec;
import io.residual.core.Stem;
import io.residual.core.graph.ResNetGraph;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Objects;
import java.util.stream.Collectors;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.learning.config.Sgd;

class ModuleNamingTest {
    @Test
    void resnet_50_has_the_tensors_of_torchvision_s() throws Exception {
        Path golden = Path.of(
                Objects.requireNonNull(ModuleNamingTest.class.getResource("/io/residual/core/parity/torchvision50.tsv"))
                        .toURI());
        ResNetSpec spec = ResNetSpec.resNet(50, Flavour.TORCHVISION)
                .withInput(new ImageShape(3, 64, 64))
                .withClasses(1000);
        ComputationGraph graph = new ComputationGraph(ResNetGraph.configuration(spec, new Sgd(0.05), 1));
        graph.init();

        assertThat(NetworkTensors.of(spec, ModuleNaming.TORCHVISION))
                .extracting(tensor -> tensor.name() + "\t"
                        + Arrays.stream(tensor.pyTorchShape(graph.getParam(tensor.parameter())))
                                .mapToObj(Long::toString)
                                .collect(Collectors.joining(" ")))
                .containsExactlyInAnyOrderElementsOf(Files.readAllLines(golden));
    }

    @Test
    void what_torchvision_does_not_have_is_named_as_in_timm() {
        ResNetSpec spec = ResNetSpec.resNet(
                        18, Flavour.TORCHVISION.withProjection(Projection.POOL_CONVOLUTION_AND_BATCH_NORM))
                .withStem(Stem.deep(64));

        assertThat(NetworkTensors.of(spec, ModuleNaming.TORCHVISION))
                .extracting(NamedTensor::name)
                .startsWith("conv1.0.weight", "conv1.1.weight")
                .contains("conv1.6.weight", "bn1.weight", "layer2.0.downsample.1.weight", "layer2.0.downsample.2.bias");
    }

    @Test
    void the_book_s_projection_is_numbered_behind_the_block_s_convolutions() {
        assertThat(NetworkTensors.of(ResNetSpec.resNet(50, Flavour.BOOK), ModuleNaming.of(Flavour.BOOK)))
                .extracting(NamedTensor::name)
                .contains("1.0.conv3.bias", "1.0.conv4.weight", "7.weight")
                .doesNotHaveDuplicates();
    }
}
