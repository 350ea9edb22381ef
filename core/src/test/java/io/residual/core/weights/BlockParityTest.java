package io.residual.core.weights;

import static org.assertj.core.api.Assertions.assertThat;

import io.residual.core.BasicBlock;
import io.residual.core.Flavour;
import io.residual.core.ResNetSpec;
import io.residual.core.Shortcuts;
import io.residual.core.graph.ResNetGraph;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration.GraphBuilder;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.WorkspaceMode;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.gradient.Gradient;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Sgd;

/** Single blocks on [4, 3, 6, 6] against PyTorch: outputs, and the gradients of an output gradient that is all different. */
class BlockParityTest {
    /** Single precision through two convolutions: measured below 1e-6. */
    private static final double BOUND = 1e-5;

    /** Path of a 1x1 convolution with unit weights in front of the block: it passes the images on unchanged. */
    private static final String PASS = "pass";

    enum Block {
        IDENTITY("block-identity", new BasicBlock(3, 3, 1), Flavour.BOOK),
        PROJECTION("block-projection", new BasicBlock(3, 6, 2), Flavour.BOOK),
        TORCHVISION_PROJECTION("block-torchvision-projection", new BasicBlock(3, 6, 2), Flavour.TORCHVISION);

        private final String fixture;
        private final BasicBlock block;
        private final Flavour flavour;

        Block(String fixture, BasicBlock block, Flavour flavour) {
            this.fixture = fixture;
            this.block = block;
            this.flavour = flavour;
        }

        ComputationGraph graph(Fixture numbers) {
            GraphBuilder builder = new NeuralNetConfiguration.Builder()
                    .updater(new Sgd(0.05))
                    .trainingWorkspaceMode(WorkspaceMode.NONE)
                    .inferenceWorkspaceMode(WorkspaceMode.NONE)
                    .graphBuilder()
                    .addInputs("input")
                    .setInputTypes(InputType.convolutional(6, 6, 3))
                    .addLayer(
                            PASS,
                            new ConvolutionLayer.Builder(1, 1)
                                    .nIn(3)
                                    .nOut(3)
                                    .hasBias(false)
                                    .activation(Activation.IDENTITY)
                                    .build(),
                            "input");
            String last = ResNetGraph.appendBlock(builder, block, flavour, Shortcuts.RESIDUAL, "block", PASS);
            ComputationGraph graph =
                    new ComputationGraph(builder.setOutputs(last).build());
            graph.init();
            graph.getParam(PASS + "_W").assign(Nd4j.eye(3).reshape(3, 3, 1, 1));
            for (NamedTensor tensor : tensors()) {
                tensor.toPyTorch(graph.getParam(tensor.parameter())).assign(numbers.state("", tensor));
            }
            return graph;
        }

        /** The names within a block are those of a network's, less the path of the block. */
        List<NamedTensor> tensors() {
            String module = flavour.equals(Flavour.BOOK) ? "2.0." : "layer2.0.";
            List<NamedTensor> tensors = new ArrayList<>();
            for (NamedTensor tensor : NetworkTensors.of(ResNetSpec.resNet(18, flavour), ModuleNaming.of(flavour))) {
                if (tensor.name().startsWith(module)) {
                    String path = tensor.vertex().replace("stage2.block1", "block");
                    tensors.add(new NamedTensor(
                            tensor.name().substring(module.length()), path, tensor.key(), tensor.kind()));
                }
            }
            tensors.removeIf(tensor -> tensor.vertex().contains("shortcut") && !block.changesShape());
            return tensors;
        }
    }

    @ParameterizedTest
    @EnumSource
    void inference_gives_pytorch_s_output(Block block) {
        Fixture fixture = Fixture.read(block.fixture);

        assertThat(Fixture.error(
                        block.graph(fixture).outputSingle(fixture.array("input")), fixture.array("eval/output")))
                .isLessThan(BOUND);
    }

    @ParameterizedTest
    @EnumSource
    void training_gives_pytorch_s_output_and_every_gradient(Block block) {
        Fixture fixture = Fixture.read(block.fixture);
        ComputationGraph graph = block.graph(fixture);
        INDArray input = fixture.array("input");
        Map<String, INDArray> activations = graph.feedForward(new INDArray[] {input}, true, false);
        Gradient gradient = graph.backpropGradient(fixture.array("train/output_grad"));

        assertThat(Fixture.error(activations.get("block.relu2"), fixture.array("train/output")))
                .isLessThan(BOUND);
        for (NamedTensor tensor : block.tensors()) {
            if (tensor.trained()) {
                INDArray expected = fixture.array("train/grad/" + tensor.name());
                double scale = fixture.hasNoGradient(tensor) ? fixture.largestGradient() : Fixture.magnitude(expected);
                INDArray actual = tensor.toPyTorch(gradient.getGradientFor(tensor.parameter()));
                assertThat(Fixture.distance(actual, expected) / scale)
                        .as(tensor.name())
                        .isLessThan(BOUND);
            }
        }
        assertThat(Fixture.error(gradient.getGradientFor(PASS + "_W"), weightGradient(fixture, input)))
                .as("gradient of the input, seen through the weights of " + PASS)
                .isLessThan(BOUND);
    }

    /**
     * DL4J keeps the gradient of a network's input to itself. The 1x1 convolution in front shows it: the gradient of its
     * weight [o, i] is the sum of (input gradient of channel o) x (input of channel i) over images and pixels.
     */
    private static INDArray weightGradient(Fixture fixture, INDArray input) {
        INDArray inputGradient = fixture.array("train/input_grad");
        INDArray sum = Nd4j.zeros(3, 3, 1, 1);
        for (int o = 0; o < 3; o++) {
            for (int i = 0; i < 3; i++) {
                INDArray product = channel(inputGradient, o).mul(channel(input, i));
                sum.putScalar(new int[] {o, i, 0, 0}, product.sumNumber().doubleValue());
            }
        }
        return sum;
    }

    private static INDArray channel(INDArray images, int channel) {
        return images.tensorAlongDimension(channel, 0, 2, 3).dup('c');
    }
}
