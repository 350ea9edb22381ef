package io.residual.core.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.offset;

import io.residual.core.Flavour;
import io.residual.core.Flavour.Projection;
import io.residual.core.ImageShape;
import io.residual.core.ResNetSpec;
import io.residual.core.Stage;
import io.residual.core.Stem;
import io.residual.core.StochasticDepth;
import io.residual.core.graph.PyTorchBatchNorm;
import io.residual.core.graph.ResNetGraph;
import io.residual.onednn.Availability;
import io.residual.onednn.InferenceGraph;
import io.residual.onednn.OneDnn;
import io.residual.program.Program;
import io.residual.program.ProgramReader;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.learning.config.Sgd;
import org.nd4j.linalg.ops.transforms.Transforms;

/**
 * Whole networks against PyTorch 1.13 on the same weights and batch. The fixtures and the programs that made them lie
 * beside this class's resources, in {@code parity/}. Errors are measured as {@link Fixture#error}: the largest difference
 * of a tensor over its largest magnitude.
 */
@Tag("slow")
class PyTorchParityTest {
    /** Single precision through 18 to 34 layers: measured 2e-6 to 6e-6. */
    private static final double FORWARD = 2e-5;

    /** A ReLU or max pool whose input is within rounding of a tie may decide otherwise: measured up to 3e-4. */
    private static final double GRADIENT = 2e-3;

    /** One step of rate 0.05 scales a gradient's error down; five let them grow. */
    private static final double AFTER_1 = 2e-4;

    private static final double AFTER_5 = 5e-3;

    private static final double DOUBLE = 1e-6;

    enum Network {
        BOOK_18_AT_28("resnet18-width8-28px", grey(28, ResNetSpec.resNet(18, Flavour.BOOK), 8)),
        BOOK_18_AT_96("resnet18-width8-96px", grey(96, ResNetSpec.resNet(18, Flavour.BOOK), 8)),
        TORCHVISION_18_AT_28("torchvision18-width8-28px", grey(28, ResNetSpec.resNet(18, Flavour.TORCHVISION), 8)),
        TORCHVISION_34_AT_28("torchvision34-width8-28px", grey(28, ResNetSpec.resNet(34, Flavour.TORCHVISION), 8)),
        BOTTLENECK_17("bottleneck17", grey(64, bottleneck(1, 2, 1, 1), 4)),
        RESNET_18_D(
                "resnet18d",
                grey(
                        40,
                        ResNetSpec.resNet(
                                        18,
                                        Flavour.TORCHVISION.withProjection(Projection.POOL_CONVOLUTION_AND_BATCH_NORM))
                                .withStem(Stem.deep(64)),
                        4)),
        CIFAR_20_A("cifar20-a", grey(28, ResNetSpec.cifar(20, Flavour.CIFAR), 4)),
        CIFAR_14_B("cifar14-b", grey(28, ResNetSpec.cifar(14, Flavour.TORCHVISION), 4)),
        CIFAR_14_STOCHASTIC_DEPTH(
                "cifar14-drop",
                grey(28, ResNetSpec.cifar(14, Flavour.TORCHVISION), 4)
                        .withStochasticDepth(new StochasticDepth(0.6, StochasticDepth.Mode.ROW))),
        PRE_ACTIVATION_20("preactivation20", grey(28, ResNetSpec.preActivation(20), 4)),
        WIDE_16_2("wide16-2", grey(28, ResNetSpec.wide(16, 2), 4)),
        WIDE_16_2_DROPOUT(
                "wide16-2-dropout", grey(28, ResNetSpec.wide(16, 2), 4).withBlockDropout(0.3));

        private final String fixture;
        private final ResNetSpec spec;

        Network(String fixture, ResNetSpec spec) {
            this.fixture = fixture;
            this.spec = spec;
        }

        private static ResNetSpec grey(int pixels, ResNetSpec spec, int width) {
            return spec.withWidth(width).withInput(new ImageShape(1, pixels, pixels));
        }

        private static ResNetSpec bottleneck(int... blocks) {
            ResNetSpec of50 = ResNetSpec.resNet(50, Flavour.TORCHVISION);
            List<Stage> stages = new ArrayList<>();
            for (int s = 0; s < blocks.length; s++) {
                Stage stage = of50.stages().get(s);
                stages.add(new Stage(stage.kind(), blocks[s], stage.channels(), stage.stride()));
            }
            return new ResNetSpec(
                    of50.input(),
                    of50.stem(),
                    stages,
                    of50.flavour(),
                    of50.shortcuts(),
                    of50.stochasticDepth(),
                    of50.classes());
        }

        Fixture fixture() {
            return Fixture.read(fixture);
        }

        /** Of the first step in double precision; {@code generate_float64.py} lists which networks have one. */
        Fixture inDoublePrecision() {
            return Fixture.read(fixture + "-float64");
        }

        ResNetSpec spec() {
            return spec;
        }

        List<NamedTensor> tensors() {
            return NetworkTensors.of(spec, ModuleNaming.of(spec.flavour()));
        }

        /** The network with the fixture's weights before the first step, on Deeplearning4j's own layers. */
        ComputationGraph graph(Fixture fixture) {
            return graph(fixture, Kernels.STOCK);
        }

        ComputationGraph graph(Fixture fixture, Kernels kernels) {
            ComputationGraph graph =
                    new ComputationGraph(kernels.of(ResNetGraph.configuration(spec, new Sgd(0.05), 1)));
            graph.init();
            for (NamedTensor tensor : tensors()) {
                tensor.toPyTorch(graph.getParam(tensor.parameter())).assign(fixture.state("", tensor));
            }
            return graph;
        }
    }

    enum Kernels {
        STOCK {
            @Override
            ComputationGraphConfiguration of(ComputationGraphConfiguration stock) {
                return stock;
            }
        },
        ONEDNN {
            @Override
            ComputationGraphConfiguration of(ComputationGraphConfiguration stock) {
                return OneDnn.accelerate(stock, PyTorchBatchNorm.class::isInstance);
            }
        };

        abstract ComputationGraphConfiguration of(ComputationGraphConfiguration stock);
    }

    static List<Arguments> networksAndKernels() {
        List<Arguments> all = new ArrayList<>();
        for (Network network : Network.values()) {
            for (Kernels kernels : Kernels.values()) {
                if (kernels == Kernels.STOCK || OneDnn.availability() instanceof Availability.Available) {
                    all.add(Arguments.of(network, kernels));
                }
            }
        }
        return all;
    }

    /** On the systems that oneDNN's natives are built for, all tests below run on it too. */
    @Test
    @EnabledOnOs(value = OS.LINUX, architectures = "amd64")
    void onednn_is_there_to_be_compared() {
        assertThat(OneDnn.availability()).isInstanceOf(Availability.Available.class);
    }

    @ParameterizedTest
    @MethodSource("networksAndKernels")
    void inference_gives_pytorch_s_logits(Network network, Kernels kernels) {
        Fixture fixture = network.fixture();
        Map<String, INDArray> activations = network.graph(fixture, kernels).feedForward(fixture.array("input"), false);

        assertThat(Fixture.error(activations.get("fc"), fixture.array("eval/logits")))
                .isLessThan(FORWARD);
    }

    /** What can be folded into the convolutions is; a batch norm in front of one stays as it is. */
    @ParameterizedTest
    @EnumSource
    @EnabledOnOs(value = OS.LINUX, architectures = "amd64")
    void the_folded_network_gives_the_probabilities_of_pytorch_s_logits(Network network) throws Exception {
        Fixture fixture = network.fixture();
        ImageShape input = network.spec.input();
        Program program = ProgramReader.read(
                // In inference, nothing is dropped.
                ResNetGraph.configuration(
                        network.spec.withBlockDropout(0).withStochasticDepth(StochasticDepth.NONE), new Sgd(0.05), 1),
                InputType.convolutional(input.height(), input.width(), input.channels()),
                PyTorchBatchNorm.class::isInstance);
        InferenceGraph folded = OneDnn.inference(program, network.graph(fixture, Kernels.ONEDNN));

        assertThat(Fixture.error(
                        folded.output(fixture.array("input")), Transforms.softmax(fixture.array("eval/logits"))))
                .isLessThan(FORWARD);
    }

    @ParameterizedTest
    @MethodSource("networksAndKernels")
    void training_mode_gives_pytorch_s_logits_and_loss(Network network, Kernels kernels) {
        Fixture fixture = network.fixture();
        ComputationGraph graph = network.graph(fixture, kernels);
        INDArray logits = graph.feedForward(fixture.array("input"), true).get("fc");

        assertThat(Fixture.error(logits, fixture.array("train/logits"))).isLessThan(FORWARD);
        assertThat(loss(graph, fixture)).isCloseTo(fixture.array("train/loss1").getDouble(0), offset(1e-4));
    }

    @ParameterizedTest
    @MethodSource("networksAndKernels")
    void every_gradient_equals_pytorch_s(Network network, Kernels kernels) {
        Fixture fixture = network.fixture();
        ComputationGraph graph = network.graph(fixture, kernels);
        loss(graph, fixture);
        Map<String, INDArray> gradients = graph.gradient().gradientForVariable();
        double images = fixture.array("input").size(0);

        for (NamedTensor tensor : network.tensors()) {
            if (tensor.trained()) {
                INDArray mean = gradients.get(tensor.parameter()).div(images);
                INDArray expected = fixture.array("train/grad/" + tensor.name());
                // A bias in front of a batch norm has no gradient but rounding: compared with the largest gradient.
                double scale = fixture.hasNoGradient(tensor) ? fixture.largestGradient() : Fixture.magnitude(expected);
                assertThat(Fixture.distance(tensor.toPyTorch(mean), expected) / scale)
                        .as(tensor.name())
                        .isLessThan(GRADIENT);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("networksAndKernels")
    void the_state_after_1_step_equals_pytorch_s(Network network, Kernels kernels) {
        Fixture fixture = network.fixture();
        ComputationGraph graph = network.graph(fixture, kernels);
        graph.fit(new DataSet(fixture.array("input"), fixture.labels(10)));

        assertState(network, graph, fixture, "after1/", AFTER_1);
    }

    /** At 96 pixels the steps are well-conditioned: PyTorch's own float32 and float64 runs agree to 1e-6. */
    @ParameterizedTest
    @EnumSource
    void the_losses_and_the_state_of_5_steps_at_96_pixels_equal_pytorch_s(Kernels kernels) {
        Network network = Network.BOOK_18_AT_96;
        Fixture fixture = network.fixture();
        ComputationGraph graph = network.graph(fixture, kernels);

        assertLosses(graph, fixture, fixture, 1e-4);
        assertState(network, graph, fixture, "after5/", AFTER_5);
    }

    /** In double precision neither rounding nor a tie hides a difference; {@code generate_float64.py} says why at 28 pixels. */
    @Test
    void in_double_precision_gradients_losses_and_the_state_of_5_steps_equal_pytorch_s() {
        Network network = Network.BOOK_18_AT_28;
        Fixture batch = network.fixture();
        Fixture expected = Fixture.read("resnet18-width8-28px-float64");
        ComputationGraph graph = network.graph(batch).convertDataType(DataType.DOUBLE);

        loss(graph, batch);
        for (NamedTensor tensor : network.tensors()) {
            if (tensor.trained()) {
                INDArray mean = tensor.toPyTorch(graph.gradient().getGradientFor(tensor.parameter()))
                        .div(batch.array("input").size(0));
                assertThat(Fixture.distance(mean, expected.array("train/grad/" + tensor.name())))
                        .as(tensor.name())
                        .isLessThan(DOUBLE * expected.largestGradient());
            }
        }
        assertLosses(graph, batch, expected, DOUBLE);
        assertState(network, graph, expected, "after5/", DOUBLE);
    }

    private static void assertLosses(ComputationGraph graph, Fixture batch, Fixture expected, double bound) {
        DataType type = graph.params().dataType();
        DataSet images =
                new DataSet(batch.array("input").castTo(type), batch.labels(10).castTo(type));
        for (int step = 1; step <= 5; step++) {
            graph.fit(images);
            assertThat(graph.score())
                    .as("loss of step " + step)
                    .isCloseTo(expected.array("train/loss" + step).getDouble(0), offset(bound));
        }
    }

    private static void assertState(
            Network network, ComputationGraph graph, Fixture fixture, String moment, double bound) {
        for (NamedTensor tensor : network.tensors()) {
            INDArray actual = tensor.toPyTorch(graph.getParam(tensor.parameter()));
            assertThat(Fixture.error(actual, fixture.state(moment, tensor)))
                    .as(moment + tensor.name())
                    .isLessThan(bound);
        }
    }

    private static double loss(ComputationGraph graph, Fixture fixture) {
        DataType type = graph.params().dataType();
        graph.setInputs(fixture.array("input").castTo(type));
        graph.setLabels(fixture.labels(10).castTo(type));
        graph.computeGradientAndScore();
        return graph.score();
    }
}
