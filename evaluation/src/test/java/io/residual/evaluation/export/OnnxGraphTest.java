package io.residual.evaluation.export;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.residual.core.Flavour;
import io.residual.core.Flavour.Projection;
import io.residual.core.ImageShape;
import io.residual.core.ResNetSpec;
import io.residual.core.ResidualException;
import io.residual.core.Stem;
import io.residual.core.StochasticDepth;
import io.residual.core.graph.ResNetGraph;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.graph.ElementWiseVertex;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.LossLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Sgd;

/** One network of each kind, with statistics that are not those of a network before training, on images that are not square. */
@Tag("slow")
class OnnxGraphTest {
    @TempDir
    private Path directory;

    static Stream<Arguments> networks() {
        ImageShape uneven = new ImageShape(3, 37, 29);
        Map<String, ResNetSpec> specs = Map.of(
                "book",
                ResNetSpec.resNet(18, Flavour.BOOK).withWidth(4).withInput(new ImageShape(1, 40, 33)),
                "torchvision",
                ResNetSpec.resNet(18, Flavour.TORCHVISION).withWidth(4).withInput(uneven),
                "plain",
                ResNetSpec.resNet(18, Flavour.TORCHVISION)
                        .withWidth(4)
                        .withInput(uneven)
                        .plainTwin(),
                "bottleneck",
                ResNetSpec.resNet(50, Flavour.TORCHVISION).withWidth(4).withInput(uneven),
                "option A",
                ResNetSpec.cifar(20, Flavour.CIFAR).withWidth(4).withInput(uneven),
                "pre-activation",
                ResNetSpec.preActivation(20).withWidth(4).withInput(uneven),
                "wide",
                ResNetSpec.wide(16, 1).withWidth(4).withInput(uneven),
                "ResNet-D",
                ResNetSpec.resNet(18, Flavour.TORCHVISION.withProjection(Projection.POOL_CONVOLUTION_AND_BATCH_NORM))
                        .withStem(Stem.deep(64))
                        .withWidth(4)
                        .withInput(uneven),
                "stochastic depth",
                ResNetSpec.cifar(14, Flavour.CIFAR)
                        .withWidth(4)
                        .withInput(uneven)
                        .withStochasticDepth(new StochasticDepth(0.4, StochasticDepth.Mode.ROW)));
        return specs.entrySet().stream()
                .flatMap(entry -> Stream.of(BatchNormMode.values())
                        .map(batchNorms -> Arguments.of(entry.getKey(), entry.getValue(), batchNorms)));
    }

    @ParameterizedTest(name = "{0}, {2}")
    @MethodSource("networks")
    void onnx_runtime_computes_the_same_of_every_kind_of_network(String name, ResNetSpec spec, BatchNormMode batchNorms)
            throws Exception {
        ComputationGraph graph = new ComputationGraph(ResNetGraph.configuration(spec, new Sgd(0.1), 5));
        graph.init();
        unsettle(graph);
        INDArray images = Nd4j.rand(
                7, spec.input().channels(), spec.input().height(), spec.input().width());
        // Images of rising brightness: noise alone looks the same to a network that pools over all places.
        images.muli(Nd4j.createFromArray(0.1f, 0.4f, 0.7f, 1f, 1.3f, 1.6f, 1.9f).reshape(-1, 1, 1, 1));
        float[][] ours = graph.outputSingle(images).toFloatMatrix();
        Path file = directory.resolve("network.onnx");
        ExportFormat.writeOnnx(file, OnnxGraph.of(graph, spec.input(), spec.classes(), batchNorms), Map.of());

        try (OnnxSession session = new OnnxSession(file)) {
            float[][] theirs = session.probabilities(images.dup('c').data().asFloat(), images.shape());
            for (int i = 0; i < ours.length; i++) {
                for (int c = 0; c < ours[i].length; c++) {
                    assertThat(theirs[i][c]).isCloseTo(ours[i][c], within(1e-5f));
                }
            }
            // The answers differ between images by more than they may differ here: else any error would pass.
            assertThat(Nd4j.create(ours).std(0).maxNumber().doubleValue()).isGreaterThan(3e-5);
        }
    }

    private static void unsettle(ComputationGraph graph) {
        graph.paramTable().forEach((name, values) -> {
            if (name.endsWith("_mean") || name.endsWith("_beta")) {
                values.addi(Nd4j.rand(values.shape()).subi(0.5));
            } else if (name.endsWith("_var") || name.endsWith("_gamma")) {
                values.assign(Nd4j.rand(values.shape()).addi(0.5));
            }
        });
    }

    @Test
    void an_unknown_vertex_is_rejected_by_its_path() {
        var builder = new NeuralNetConfiguration.Builder()
                .graphBuilder()
                .addInputs("input")
                .setInputTypes(InputType.convolutional(4, 5, 2));
        builder.addLayer(
                "left",
                new ConvolutionLayer.Builder(1, 1)
                        .nIn(2)
                        .nOut(2)
                        .activation(Activation.IDENTITY)
                        .build(),
                "input");
        builder.addVertex("product", new ElementWiseVertex(ElementWiseVertex.Op.Product), "left", "input");
        ComputationGraph graph =
                new ComputationGraph(builder.addLayer("loss", new LossLayer.Builder().build(), "product")
                        .setOutputs("loss")
                        .build());
        graph.init();

        assertThatThrownBy(() -> OnnxGraph.of(graph, new ImageShape(2, 4, 5), 2, BatchNormMode.KEEP))
                .isInstanceOf(ResidualException.class)
                .hasMessageContaining("product: no ONNX counterpart of ElementWiseVertex is known");
    }
}
